import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createPlanShelf } from '../../src/http/plan-shelf.ts';
import type { Identity } from '../../src/model/access.ts';
import { eventually } from '../helpers/eventually.ts';
import { somePlan, untilAborted } from './fake-control.ts';
import { createSharedControl, serveGuarded, type ServeOptions } from './guarded-app.ts';

const ADMIN: Identity = { kind: 'token', id: 't', name: 't', role: 'admin' };
const CONTAINER = JSON.stringify({ service_name: 'new', image: 'mcp/echo:latest', port: 8000 });

interface Asked {
  readonly line: string;
  readonly accept?: string;
  readonly body?: string;
}

/** Asks, and is gone, as the server knows, before what goes through the gate goes on. */
async function leaveAt(gate: Gate, served: ServeOptions, { line, accept, body = '' }: Asked) {
  const { app, url } = await serveGuarded(served);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const [connection] = await once(app.server, 'connection');
  const about = body === '' ? '' : 'Content-Type: application/json\r\n';
  socket.write(
    `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n${about}` +
      `Accept: ${accept ?? '*/*'}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await gate.reached;
  const closed = once(connection, 'close');
  socket.destroy();
  await closed;
  gate.open();
}

type Gate = ReturnType<typeof createGate>;

function createGate() {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: opened.resolve,
    async pass() {
      reached.resolve();
      await opened.promise;
    },
  };
}

/** Notes the signals by which what lasts learns that the client is gone. */
function noteSignals() {
  const signals: AbortSignal[] = [];
  async function last(signal: AbortSignal): Promise<void> {
    signals.push(signal);
    await untilAborted(signal);
  }
  // oxlint-disable-next-line require-yield -- nothing happens here
  async function* follow(signal: AbortSignal): AsyncGenerator<never> {
    await last(signal);
  }
  return { signals, last, follow };
}

test.each<Asked>([
  { line: 'GET /v1/events?follow=true' },
  { line: 'GET /v1/events', accept: 'text/event-stream' },
  { line: 'GET /v1/services/echo/logs?follow=true' },
  { line: 'POST /v1/plans/p-1/apply' },
])('nothing lasts for who asks %o and leaves before it is known who that is', async (asked) => {
  const gate = createGate();
  const { signals, follow } = noteSignals();
  const plans = createPlanShelf();
  plans.keep(somePlan());
  const authenticator = {
    async authenticate() {
      await gate.pass();
      return { kind: 'known', identity: ADMIN } as const;
    },
    troubles: () => [],
  };
  const control = createSharedControl({
    events: (_query, signal) => follow(signal),
    logs: (_service, _wanted, signal) => follow(signal),
    apply: (_request, signal) => follow(signal),
  });
  await leaveAt(gate, { control, plans, guard: { authenticator } }, asked);
  await eventually(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true]));
});

test('nobody waits for a container for who leaves while its document is written', async () => {
  const gate = createGate();
  const { signals, last } = noteSignals();
  const control = createSharedControl({
    async declare() {
      await gate.pass();
      return { kind: 'created' };
    },
  });
  const settled = (_service: string, signal: AbortSignal) => last(signal);
  const served = { control, settled, startupMs: 600_000, isOff: true };
  await leaveAt(gate, served, { line: 'POST /containers', body: CONTAINER });
  await eventually(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true]));
});
