import { describe, expect, onTestFinished, test } from 'vitest';
import type { ApplyMessage, Control } from '../../src/control.ts';
import { AppError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import type { AuditEntry } from '../../src/model/audit.ts';
import { eventually } from '../helpers/eventually.ts';
import {
  createFakeControl,
  someEvent,
  somePlan,
  someResult,
  untilAborted,
} from './fake-control.ts';

const STALE = {
  outcome: 'stale',
  services: [],
  stale: [{ service: 'echo', moved: 'it' }],
} as const;
const EVENT: ApplyMessage = { kind: 'event', event: someEvent(1) };

function open(replaced: Partial<Control>) {
  const logged: object[] = [];
  const audited: AuditEntry[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => logged.push(fields) };
  const control = createFakeControl(replaced);
  const app = createApp({ control, log, version: '1', audit: (entry) => void audited.push(entry) });
  onTestFinished(() => app.close());
  const apply = async (payload: object = {}) =>
    app.inject({
      method: 'POST',
      url: '/v1/apply',
      payload: { wait: true, by: 'ada', ...payload },
    });
  return { app, apply, logged, audited };
}

/** Fails once its first item was read. */
async function* failing<Item>(item: Item, error: Error): AsyncGenerator<Item> {
  yield item;
  throw error;
}

describe('a stream that fails by a mistake of ours says so in the log', () => {
  const line = { atMs: 1, stream: 'stdout', text: 'x' } as const;
  test.each<[url: string, accept: string, control: Partial<Control>]>([
    ['/v1/events', '*/*', { events: () => failing(someEvent(1), new TypeError('planted')) }],
    [
      '/v1/events',
      'text/event-stream',
      { events: () => failing(someEvent(1), new TypeError('planted')) },
    ],
    ['/v1/services/echo/logs', '*/*', { logs: () => failing(line, new TypeError('planted')) }],
  ])('GET %s as %s', async (url, accept, control) => {
    const { app, logged } = open(control);
    const { body } = await app.inject({ url, headers: { accept } });
    expect(body).toContain('"code":"INTERNAL"');
    expect(body).not.toContain('planted');
    expect(logged).toMatchObject([
      { request: `GET ${url}`, stack: expect.stringContaining('planted') },
    ]);
  });

  test('POST /v1/apply', async () => {
    const { apply, logged } = open({ apply: () => failing(EVENT, new TypeError('planted')) });
    expect((await apply()).body).toContain('"code":"INTERNAL"');
    expect(logged).toMatchObject([{ request: 'POST /v1/apply' }]);
  });
});

test('a stream that fails by what is known to happen is no mistake of ours', async () => {
  const away = new AppError('RUNTIME_UNAVAILABLE', 'the engine is away');
  const { apply, logged } = open({ apply: () => failing(EVENT, away) });
  expect((await apply()).body).toContain('"code":"RUNTIME_UNAVAILABLE"');
  expect(logged).toEqual([]);
});

describe('the audit says what came of an apply', () => {
  test.each([
    [someResult(), 'done'],
    [someResult({ outcome: 'begun' }), 'done'],
    [someResult({ outcome: 'failed' }), 'failed'],
    [STALE, 'failed'],
  ] as const)('that ended as %o', async (result, audited) => {
    const served = open({
      async *apply() {
        yield EVENT;
        yield { kind: 'result', result };
      },
    });
    await served.apply({ plan: somePlan() });
    const entry = { result: audited, route: '/v1/apply', status: 200, planId: 'p-1' };
    await eventually(() => expect(served.audited).toMatchObject([entry]));
  });

  test.each([new TypeError('planted'), new AppError('STATE_UNWRITABLE', 'full')])(
    'that failed on its way by %s',
    async (error) => {
      const { apply, audited } = open({ apply: () => failing(EVENT, error) });
      await apply();
      await eventually(() => expect(audited).toMatchObject([{ result: 'failed', status: 200 }]));
    },
  );

  test('for which nobody waits any more: it goes on', async () => {
    const { app, audited } = open({
      async *apply(_request, signal) {
        yield EVENT;
        await untilAborted(signal);
      },
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const leaving = new AbortController();
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ wait: true, by: 'ada' });
    const { signal } = leaving;
    await fetch(`${url}/v1/apply`, { method: 'POST', headers, body, signal });
    expect(audited).toEqual([]);
    leaving.abort();
    await eventually(() => expect(audited).toMatchObject([{ result: 'done', status: 200 }]));
  });
});
