import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import type { ServiceStatus } from '../../../src/model/status.ts';
import { someDeclared } from '../fake-control.ts';
import { openPlatform, settlesAs, someService } from './open-platform.ts';

const BODY = {
  instance_id: 'i9',
  name: 'My Echo',
  service_name: 'My Echo',
  workspace_id: 'w1',
  image: 'mcp/echo:latest',
};

test('an instance is declared under its slug, with all that tells whose it is', async () => {
  const { ask, calls } = openPlatform({ details: [] });
  await ask('POST /instances', BODY);
  const slug = expect.stringMatching(/^my-echo-[0-9a-f]{8}$/);
  expect(calls).toMatchObject([
    [
      'declare',
      {
        service: slug,
        ifNew: true,
        change: {
          fields: {
            image: 'mcp/echo:latest',
            port: 8000,
            slug,
            platform: { instanceId: 'i9', serviceName: 'My Echo', workspaceId: 'w1' },
          },
        },
      },
    ],
  ]);
});

test('one instance id is one service, whatever it is called', async () => {
  const there = someService('other', { platform: { instanceId: 'i9', serviceName: 'other' } });
  const { ask, calls } = openPlatform({ details: [there] });
  expect(await ask('POST /instances', BODY)).toEqual({
    status: 409,
    body: { error: 'instance_creation_failed', code: 409, message: 'instance i9 already exists' },
  });
  expect(calls).toEqual([]);
});

test('an update changes what it says, for what the document said a moment ago', async () => {
  const fields = { image: 'x', env: { KEPT: 'a', GONE: 'b' } };
  const { ask, calls } = openPlatform({
    details: [someService('echo')],
    control: { declared: async () => ({ ...someDeclared(), fields, etag: 'e1-read' }) },
  });
  const environment = { KEPT: '[REDACTED]', NEW: 'c' };
  expect((await ask('PUT /instances/echo', { environment, port: 0 })).status).toBe(200);
  expect(calls.at(-1)).toMatchObject([
    'declare',
    {
      service: 'echo',
      ifMatch: ['e1-read'],
      change: { kind: 'merge', fields: { env: { KEPT: '[REDACTED]', GONE: null, NEW: 'c' } } },
    },
  ]);
});

test('who was faster is not overwritten', async () => {
  const { ask } = openPlatform({
    details: [someService('echo')],
    control: { declare: () => Promise.reject(new AppError('PRECONDITION_FAILED', 'changed')) },
  });
  expect(await ask('PUT /instances/echo', { image: 'y' })).toMatchObject({
    status: 409,
    body: { error: 'instance_update_failed', code: 409 },
  });
});

test.each(['echo', 'c-echo', 'i1', 'The Echo'])('an instance is found by %s', async (id) => {
  const platform = { instanceId: 'i1', serviceName: 'The Echo' };
  const { ask } = openPlatform({ details: [someService('echo', { platform })] });
  const { status, body } = await ask(`GET /instances/${encodeURIComponent(id)}`);
  expect([status, body]).toMatchObject([200, { service_name: 'The Echo' }]);
});

test('the list is chosen from by status and workspace', async () => {
  const { ask } = openPlatform({
    details: [
      someService('one', { platform: { workspaceId: 'w1' } }),
      someService('two', { platform: { workspaceId: 'w2' } }),
    ],
  });
  const namesOf = async (query: string) =>
    (await ask(`GET /instances${query}`)).body.instances.map(({ name }: { name: string }) => name);
  expect(await namesOf('')).toEqual(['one', 'two']);
  expect(await namesOf('?workspace_id=w2')).toEqual(['two']);
  expect(await namesOf('?status=running')).toEqual(['one', 'two']);
  expect(await namesOf('?status=stopped')).toEqual([]);
});

const UPDATED = 'Instance updated successfully';
const OLD = /what ran before goes on/;

test.each<[string, Partial<ServiceStatus>, number, object]>([
  ['runs', { state: 'Running' }, 200, { message: UPDATED, instance_id: 'echo' }],
  ['wants credentials', { state: 'NeedsAuth' }, 200, { message: UPDATED }],
  ['is off', { state: 'Stopped', conditions: [] }, 200, { message: UPDATED, status: 'stopped' }],
  [
    'still starts beside the one before',
    { state: 'Updating', cause: 'not verified yet' },
    200,
    {
      message: expect.stringMatching(/still being updated: not verified yet \(what ran before/),
      status: 'starting',
    },
  ],
  [
    'still starts alone',
    { state: 'Starting', conditions: [] },
    200,
    { message: 'Instance is still being updated', status: 'starting' },
  ],
  [
    'is being given up',
    { state: 'RollingBack', cause: 'r2: no tools' },
    500,
    failed(/r2: no tools.*goes on/),
  ],
  ['was given up', { state: 'Failed', cause: 'r2: no tools' }, 500, failed(OLD)],
  ['is refused', { state: 'Blocked', cause: 'it may not' }, 500, failed(/it may not.*goes on/)],
  ['cannot be made now', { state: 'Frozen', cause: 'no engine' }, 500, failed(/no engine/)],
  [
    'waits for a person',
    { state: 'Paused', cause: 'paused' },
    409,
    { ...failed(/once the service is unpaused/), code: 409 },
  ],
  [
    'crashes',
    { state: 'CrashLoop', cause: 'exit 1', conditions: [] },
    500,
    failed(/exit 1.*correct it, or delete it/),
  ],
])('what is updated and %s is answered so', async (_how, becomes, status, body) => {
  const { ask } = openPlatform({ inspection: settlesAs('echo', becomes) });
  const answer = await ask('PUT /instances/echo', { image: 'y' });
  expect(answer).toMatchObject({ status, body });
  expect(answer.body.status).toBe(Reflect.get(body, 'status'));
});

function failed(message: RegExp) {
  return { error: 'instance_update_failed', code: 500, message: expect.stringMatching(message) };
}

test('of an update that nobody has looked at in time nothing is claimed', async () => {
  const { ask } = openPlatform({
    details: [someService('echo')],
    startupMs: 1,
    inspection: {
      settled: (_service, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve());
        }),
    },
  });
  expect(await ask('PUT /instances/echo', { image: 'y' })).toMatchObject({
    status: 200,
    body: { message: expect.stringContaining('still being updated'), status: 'starting' },
  });
});
