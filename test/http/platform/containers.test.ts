import { once } from 'node:events';
import { expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/errors.ts';
import type { ServiceStatus } from '../../../src/model/status.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createFakeControl, someStatus } from '../fake-control.ts';
import { serveGuarded } from '../guarded-app.ts';
import { openPlatform, someService } from './open-platform.ts';

const BODY = { service_name: 'new', template: 'echo' };

test('a body with a template is declared as a new service of the API', async () => {
  const { ask, calls } = openPlatform({
    details: [],
    inspection: { settled: async () => {} },
  });
  await ask('POST /containers', BODY);
  expect(calls).toEqual([
    [
      'declare',
      {
        service: 'new',
        origin: 'api',
        by: 'local:socket',
        ifNew: true,
        change: {
          kind: 'put',
          fields: {
            template: 'echo',
            slug: expect.stringMatching(/^new-[0-9a-f]{8}$/),
            platform: { serviceName: 'new' },
          },
        },
      },
    ],
  ]);
});

test.each<[ErrorCode, number, string]>([
  ['PRECONDITION_FAILED', 409, 'container_creation_failed'],
  ['DECLARED_ELSEWHERE', 409, 'container_creation_failed'],
  ['LIMIT_REACHED', 403, 'container_creation_failed'],
  ['STATE_UNWRITABLE', 503, 'container_creation_failed'],
  ['DOCUMENTS_UNREADABLE', 503, 'container_creation_failed'],
  ['DOCUMENT_INVALID', 400, 'invalid_request'],
])('%s of a creation is %d %s', async (code, status, error) => {
  const { ask } = openPlatform({
    details: [],
    control: { declare: () => Promise.reject(new AppError(code, 'why', { hint: 'way out' })) },
  });
  const answer = await ask('POST /containers', BODY);
  expect(answer).toMatchObject({ status, body: { error, code: status } });
});

test('mistakes of a document are told without its file', async () => {
  const place = { file: 'api/new.yaml', line: 3, column: 1, code: 'X' };
  const problems = [{ ...place, message: 'no such template', hint: 'there is echo' }];
  const { ask } = openPlatform({
    details: [],
    control: {
      declare: () => Promise.reject(new AppError('DOCUMENT_INVALID', 'x', { problems })),
    },
  });
  const { body } = await ask('POST /containers', BODY);
  expect(body).toMatchObject({ message: 'no such template (there is echo)' });
});

test('what does not come to run is 500 with its cause', async () => {
  const cause = 'IMAGE_MISSING mcp/none is not there';
  const failed = { ...someService('new'), status: someStatus('new', { state: 'Failed', cause }) };
  let details = [someService('other')];
  const { ask, logged } = openPlatform({
    inspection: {
      details: () => details,
      settled: async () => {
        details = [failed];
      },
    },
  });
  expect(await ask('POST /containers', BODY)).toMatchObject({
    status: 500,
    body: { error: 'container_creation_failed', message: expect.stringContaining(cause) },
  });
  // An ordinary failure: no mistake of ours is looked for where a program does not start.
  const request = 'POST /containers';
  expect(logged).toEqual([['warn', { request, cause: expect.stringContaining(cause) }]]);
});

test('who waits too long is told what is going on', async () => {
  let details = [someService('other')];
  const { ask } = openPlatform({
    startupMs: 1,
    inspection: {
      details: () => details,
      settled: (_service, signal) =>
        new Promise((resolve) => {
          details = [
            {
              ...someService('new'),
              status: someStatus('new', { state: 'Starting', conditions: [] }),
            },
          ];
          signal.addEventListener('abort', () => resolve());
        }),
    },
  });
  expect(await ask('POST /containers', BODY)).toMatchObject({
    status: 201,
    body: { status: 'starting' },
  });
});

test('who hangs up ends the waiting, and what was written stays', async () => {
  const control = createFakeControl();
  const waiting = Promise.withResolvers<AbortSignal>();
  const { ask } = await serveGuarded({
    control,
    isOff: true,
    startupMs: 60_000,
    settled: async (_service, signal) => {
      waiting.resolve(signal);
      await once(signal, 'abort');
    },
  });
  const leaving = new AbortController();
  const init = { method: 'POST', body: JSON.stringify(BODY), signal: leaving.signal };
  const asked = ask('/containers', undefined, init).catch(() => 'gone');
  const signal = await waiting.promise;
  expect(signal.aborted).toBe(false);
  leaving.abort();
  expect(await asked).toBe('gone');
  await eventually(() => expect(signal.aborted).toBe(true));
  expect(control.calls.map(([method]) => method)).toContain('declare');
});

const shared = [
  someService('mine-1', {
    platform: { instanceId: 'i1', serviceName: 'mine', workspaceId: 'w1' },
  }),
  someService('mine-2', {
    platform: { instanceId: 'i2', serviceName: 'mine', workspaceId: 'w2' },
  }),
];

test.each(['GET /containers/mine', 'DELETE /containers/mine', 'POST /containers/mine/stop'])(
  '%s means none of several, and names their instances',
  async (route) => {
    const { ask, calls } = openPlatform({ details: shared });
    expect(await ask(route)).toEqual({
      status: 409,
      body: {
        error: 'container_ambiguous',
        code: 409,
        message: 'several instances are called mine, name one by its id: i1, i2',
      },
    });
    expect(calls).toEqual([]);
  },
);

test('who is of one workspace means the service of that workspace', async () => {
  const { ask, makeToken } = await serveGuarded({ details: shared });
  const token = await makeToken({ role: 'read', workspace: 'w2' });
  const container = await (await ask('/containers/mine', token)).json();
  expect(container).toMatchObject({ id: 'i2' });
  expect(await (await ask('/containers', token)).json()).toMatchObject({ total: 1 });
  expect((await ask('/instances/i1', token)).status).toBe(404);
});

test('what somebody of one workspace makes is of it, and of no other', async () => {
  const control = createFakeControl();
  const { ask, makeToken } = await serveGuarded({ details: shared, control });
  const token = await makeToken({ role: 'write', workspace: 'w2' });
  const send = (path: string, body: object) =>
    ask(path, token, { method: 'POST', body: JSON.stringify(body) });
  await send('/containers', BODY);
  const other = await makeToken({ role: 'write', workspace: 'w1' });
  await ask('/containers', other, { method: 'POST', body: JSON.stringify(BODY) });
  const wishes = control.calls.flatMap(([method, wish]) => (method === 'declare' ? [wish] : []));
  expect(wishes).toMatchObject([
    {
      workspace: 'w2',
      change: { fields: { platform: { serviceName: 'new', workspaceId: 'w2' } } },
    },
    {
      workspace: 'w1',
      change: { fields: { platform: { serviceName: 'new', workspaceId: 'w1' } } },
    },
  ]);
  // A name is taken in one workspace alone.
  expect(new Set(wishes.map((wish) => Reflect.get(Object(wish), 'service'))).size).toBe(2);
  const instance = { instance_id: 'i3', name: 'n', service_name: 'n', template: 'echo' };
  const refused = await send('/instances', { ...instance, workspace_id: 'w1' });
  expect([refused.status, await refused.json()]).toMatchObject([403, { error: 'forbidden' }]);
});

test('a write is audited under the name that documents have for the service', async () => {
  const details = [someService('my-echo-1', { platform: { serviceName: 'My Echo' } })];
  const { ask, audited, makeToken } = await serveGuarded({ details });
  const token = await makeToken({ role: 'write', name: 'ci' });
  await ask('/containers/My%20Echo', token, { method: 'DELETE' });
  await eventually(() =>
    expect(audited).toMatchObject([
      { who: 'token:ci', route: '/containers/:service', service: 'my-echo-1', status: 200 },
    ]),
  );
});

test('without a token the answer has the form of the contract', async () => {
  const { ask } = await serveGuarded();
  const refused = await ask('/containers');
  expect([refused.status, await refused.json()]).toMatchObject([
    401,
    { error: 'unauthorized', code: 401 },
  ]);
  expect((await ask('/health')).status).toBe(200);
});

test('neither environment nor command shows a secret', async () => {
  const env = { API_KEY: 'planted', DB: { secret: 'file:db' }, PLAIN: 'x' };
  const command = ['serve', '--token', 'planted'];
  const { ask } = openPlatform({ details: [someService('echo', { spec: { env, command } })] });
  for (const path of ['/containers', '/containers/echo', '/containers/echo/health', '/instances']) {
    const text = JSON.stringify((await ask(`GET ${path}`)).body);
    expect(text).toContain('[REDACTED]');
    expect(text).not.toMatch(/planted|file:db/);
  }
});

test('a service that never ran has no output yet', async () => {
  const { ask } = openPlatform({
    control: {
      // oxlint-disable-next-line require-yield -- there is nothing to tell
      async *logs() {
        throw new AppError('SERVICE_UNKNOWN', 'echo has no instance');
      },
    },
  });
  expect(await ask('GET /containers/echo/logs')).toEqual({
    status: 200,
    body: { service: 'echo', logs: [], total: 0 },
  });
  expect((await ask('GET /containers/echo/logs?tail=many')).status).toBe(400);
});

test.each<[string, Partial<ServiceStatus> | undefined, number, object]>([
  ['is gone', undefined, 200, { message: 'Container deleted successfully', service: 'echo' }],
  ['still stops', { state: 'Removing' }, 200, { service: 'echo', status: 'stopping' }],
  [
    'cannot be reached',
    { state: 'Frozen', cause: 'the engine does not answer' },
    500,
    { error: 'container_deletion_failed', message: expect.stringContaining('does not answer') },
  ],
])('what is deleted and %s says so', async (_how, left, status, body) => {
  const before = someService('echo', { origin: 'api' });
  let details = [before];
  const { ask } = openPlatform({
    inspection: {
      details: () => details,
      settled: async () => {
        details = left ? [{ ...before, status: { ...before.status, ...left } }] : [];
      },
    },
  });
  const answer = await ask('DELETE /containers/echo');
  expect(answer).toMatchObject({ status, body });
  expect('status' in answer.body).toBe(left?.state === 'Removing');
});
