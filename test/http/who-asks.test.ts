import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import type { AuditEntry } from '../../src/model/audit.ts';
import { eventually } from '../helpers/eventually.ts';
import { somePlan, someStatus, untilAborted } from './fake-control.ts';
import { createSharedControl, serveGuarded } from './guarded-app.ts';

/** Nothing ever happens. */
// oxlint-disable-next-line require-yield -- nothing happens here
async function* follow(signal: AbortSignal): AsyncGenerator<never> {
  await untilAborted(signal);
}

test.each([
  ['server-sent events', '/v1/events', { accept: 'text/event-stream' }, 'event: problem'],
  ['events', '/v1/events?follow=true', {}, '"problem"'],
  ['logs', '/v1/services/echo/logs?follow=true', {}, '"problem"'],
])(
  'a stream of %s ends when its token expires, and says why',
  async (_what, path, headers, last) => {
    const { ask, makeToken } = await serveGuarded({
      control: createSharedControl({
        events: (_query, signal) => follow(signal),
        logs: (_service, _wanted, signal) => follow(signal),
      }),
    });
    const token = await makeToken({ expiresAtMs: Date.now() + 6_000 });
    const response = await ask(path, token, { headers });
    expect(response.status).toBe(200);
    const body = await response.text();
    expect(body).toContain(last);
    expect(body).toContain('UNAUTHENTICATED');
  },
);

test.each([
  ['server-sent events', '/v1/events', { accept: 'text/event-stream' }, 'event: problem\ndata: '],
  ['events', '/v1/events?follow=true', {}, '{"problem":'],
])(
  'a stream of %s ends soon after its token is revoked, and says why',
  async (_what, path, headers, last) => {
    const { ask, tokens } = await serveGuarded({
      control: createSharedControl({ events: (_query, signal) => follow(signal) }),
    });
    const { id, token } = await tokens.create({ name: '', role: 'read' });
    const response = await ask(path, token, { headers });
    expect(response.status).toBe(200);
    await tokens.revoke(id);
    const lines = (await response.text()).trimEnd();
    expect(lines.slice(lines.lastIndexOf(last))).toContain('UNAUTHENTICATED');
    expect(lines.slice(lines.lastIndexOf(last)).startsWith(last)).toBe(true);
  },
);

test('who writes a service of its workspace sees it at once', async () => {
  const services = [someStatus('other', { workspace: 'w2' })];
  const control = createSharedControl({
    status: async () => ({ services: [...services], problems: [], leftAlone: [] }),
    declare: async ({ service }) => {
      services.push(someStatus(service, { workspace: 'w1' }));
      return { kind: 'created' };
    },
  });
  const { ask, makeToken } = await serveGuarded({ control });
  const token = await makeToken({ role: 'write', workspace: 'w1' });
  const put = await ask('/v1/services/new', token, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"image":"x"}',
  });
  expect(put.status).toBe(201);
  expect((await ask('/v1/services/new', token)).status).toBe(200);
});

test('whoami tells what a token may do, and history who asked in truth', async () => {
  const asked: unknown[] = [];
  const { ask, makeToken, audited } = await serveGuarded({
    control: createSharedControl({ ask: async (command) => void asked.push(command) }),
  });
  const token = await makeToken({ role: 'write', name: 'ci', workspace: 'w1' });
  expect(await (await ask('/v1/whoami', token)).json()).toMatchObject({
    kind: 'token',
    name: 'ci',
    role: 'write',
    workspace: 'w1',
  });
  const response = await ask('/v1/commands', token, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'restart', service: 'echo', by: 'root@elsewhere' }),
  });
  expect(response.status).toBe(202);
  const by = 'token:ci (workspace w1)';
  expect(asked).toEqual([{ kind: 'restart', service: 'echo', by }]);
  await eventually(() =>
    expect(audited).toEqual([
      {
        result: 'done',
        who: by,
        from: '127.0.0.1',
        method: 'POST',
        route: '/v1/commands',
        service: 'echo',
        status: 202,
      },
    ]),
  );
});

test.each([['DELETE /v1/services/echo'], ['DELETE /containers/echo']])(
  '%s is told for the workspace that its service had: it may be gone by then',
  async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const control = createSharedControl({
      declare: async () => ({ kind: 'deleted', workspace: 'w1' }),
    });
    const { ask, makeToken, audited } = await serveGuarded({ control });
    const answer = await ask(path, await makeToken({ role: 'write' }), { method });
    expect(await answer.text()).not.toContain('w1');
    await eventually(() => expect(audited).toMatchObject([{ service: 'echo', workspace: 'w1' }]));
  },
);

test('who validates writes nothing, but has an engine ask a registry: who only reads may not', async () => {
  const { ask, makeToken, audited } = await serveGuarded();
  for (const role of ['write', 'read'] as const) {
    const headers = { 'content-type': 'application/json' };
    const spec = { method: 'POST', headers, body: '{"json_spec":{"image":"x","port":1}}' };
    await ask('/containers/validate', await makeToken({ role }), spec);
  }
  await eventually(() =>
    expect(audited).toMatchObject([{ result: 'refused', route: '/containers/validate' }]),
  );
});

test('a flood of refusals is told in part, and how many were not', async () => {
  const { ask, audited } = await serveGuarded();
  await Promise.all(Array.from({ length: 100 }, () => ask('/v1/services')));
  await eventually(() => expect(audited).toHaveLength(60));
});

test('who comes by the local socket is named as the command says', async () => {
  const audited: AuditEntry[] = [];
  const audit = (entry: AuditEntry): void => void audited.push(entry);
  const app = createApp({ control: createSharedControl(), log: console, version: '1', audit });
  onTestFinished(async () => {
    await app.close();
  });
  expect((await app.inject('/v1/whoami')).json()).toMatchObject({ kind: 'local', role: 'admin' });
  const payload = { kind: 'restart', service: 'echo', by: 'ada@host' };
  await app.inject({ method: 'POST', url: '/v1/commands', payload });
  const plan = somePlan();
  await app.inject({
    method: 'POST',
    url: '/v1/apply',
    payload: { wait: false, by: 'ada@host', plan },
  });
  await eventually(() => expect(audited).toHaveLength(2));
  expect(audited[0]).toMatchObject({ who: 'local:ada@host', service: 'echo', result: 'done' });
  expect(audited[1]).toMatchObject({ who: 'local:ada@host', planId: plan.planId });
});
