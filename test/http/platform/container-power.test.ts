import { expect, test } from 'vitest';
import { createFakeControl } from '../fake-control.ts';
import type { ServiceStatus } from '../../../src/model/status.ts';
import { openPlatform, settlesAs, someService } from './open-platform.ts';

test.each([
  ['is its slug where that is free', {}, 'echo'],
  ['is none where another service is served at it', { plainName: 'echo' }, 'echo-092c79e8'],
])('the plain name of what start declares %s', async (_, held, slug) => {
  const control = createFakeControl();
  const { ask } = openPlatform({ control, details: [someService('other', held)] });

  await ask('POST /containers/echo/start', { image: 'mcp/echo', port: 8000 });

  expect(JSON.stringify(control.calls)).toContain(`"slug":"${slug}"`);
});

test.each<[string, Partial<ServiceStatus>, number, object]>([
  ['has ended', { state: 'Stopped', conditions: [] }, 200, { status: 'stopped' }],
  ['still drains', { state: 'Updating', cause: 'power is off' }, 200, { status: 'stopping' }],
  ['is out of sight', { state: 'Frozen', cause: 'no engine' }, 500, refused('stop', /no engine/)],
  [
    'is paused',
    { state: 'Paused', cause: 'paused' },
    409,
    { ...refused('stop', /paused/), code: 409 },
  ],
])('what is stopped and %s is answered so', async (_how, becomes, status, body) => {
  const { ask } = openPlatform({ inspection: settlesAs('echo', becomes) });
  expect(await ask('POST /containers/echo/stop')).toMatchObject({ status, body });
});

const GIVEN_UP = { state: 'Failed', cause: 'r2: no tools' } as const;

test.each<[string, Partial<ServiceStatus>, object | undefined, number, object]>([
  ['as it is', GIVEN_UP, undefined, 200, { status: 'running' }],
  [
    'as another',
    GIVEN_UP,
    { image: 'y', port: 1 },
    500,
    refused('creation', /r2: no tools.*goes on/),
  ],
  ['as another', { state: 'Updating' }, { image: 'y', port: 1 }, 200, { status: 'starting' }],
  [
    'as it is',
    { state: 'Paused', conditions: [] },
    undefined,
    409,
    { ...refused('creation', /Paused/), code: 409 },
  ],
])('what is started %s and becomes %o is answered so', async (...row) => {
  const [, becomes, sent, status, body] = row;
  const { ask } = openPlatform({ inspection: settlesAs('echo', becomes) });
  expect(await ask('POST /containers/echo/start', sent)).toMatchObject({ status, body });
});

function refused(what: 'stop' | 'creation', message: RegExp) {
  return { error: `container_${what}_failed`, code: 500, message: expect.stringMatching(message) };
}

test.each(['Updating', 'Starting'] as const)(
  'what is switched off and %s still is shown as stopping',
  async (state) => {
    const service = someService('echo', { power: 'off' });
    const status = { ...service.status, state, conditions: [] };
    const { ask } = openPlatform({ details: [{ ...service, status }] });
    for (const path of ['/containers/echo', '/instances/echo', '/containers/echo/status']) {
      expect(await ask(`GET ${path}`)).toMatchObject({ status: 200, body: { status: 'stopping' } });
    }
  },
);
