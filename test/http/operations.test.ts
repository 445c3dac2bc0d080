import { afterAll, beforeEach, expect, test } from 'vitest';
import type { ApiControl } from '../../src/api-control.ts';
import { createApp } from '../../src/http/app.ts';
import type { Origin } from '../../src/model/service.ts';
import { createFakeControl, someDeclared, someEntry } from './fake-control.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const BY = 'local:socket';
let origin: Origin = 'api';
const replaced: Partial<ApiControl> = {
  declared: async () => ({ ...someDeclared(), origin }),
  drift: async () => [{ service: 'echo', signal: 'spec', expected: '256', actual: '512' }],
};
const control = createFakeControl(replaced);
const app = createApp({ control, log, version: '1' });
afterAll(async () => {
  await app.close();
});
beforeEach(() => {
  origin = 'api';
  control.calls.length = 0;
});

const post = (path: string, payload?: object, headers = {}) =>
  app.inject({
    method: 'POST',
    url: `/v1/services/echo/${path}`,
    headers,
    ...(payload && { payload }),
  });

test.each(['restart', 'pause', 'unpause', 'rollback'] as const)(
  '%s is left with the manager, with a body or without',
  async (kind) => {
    expect(await post(kind)).toMatchObject({ statusCode: 202, body: '' });
    expect(await post(kind, {})).toMatchObject({ statusCode: 202 });
    const empty = await post(kind, undefined, { 'content-type': 'application/json' });
    expect(empty.statusCode).toBe(202);
    const call = ['ask', { kind, service: 'echo', by: BY }];
    expect(control.calls).toEqual([call, call, call]);
  },
);

test('a rollback may name the beginning of a release', async () => {
  await post('rollback', { to: 'r1-5be2' });
  expect(control.calls).toEqual([
    ['ask', { kind: 'rollback', service: 'echo', to: 'r1-5be2', by: BY }],
  ]);
});

test.each([
  ['restart', { force: true }],
  ['restart', []],
  ['rollback', { to: 'latest' }],
  ['rollback', { to: 1 }],
  ['rollback', { service: 'other' }],
  ['transfer', {}],
  ['transfer', { to: 'mallory' }],
])('%s with %j is refused', async (kind, payload) => {
  const response = await post(kind, payload);
  expect(response.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  expect(control.calls).toEqual([]);
});

test.each([
  ['stop', { power: 'off' }],
  ['start', { power: null }],
])(
  '%s changes `power` in the document, under a condition where one is given',
  async (kind, fields) => {
    const response = await post(kind, undefined, { 'if-match': '"e1-a"' });
    expect([response.statusCode, response.headers['etag']]).toEqual([200, '"e1-a"']);
    expect(control.calls.at(-1)).toEqual([
      'declare',
      {
        service: 'echo',
        origin: 'api',
        by: BY,
        change: { kind: 'merge', fields },
        ifMatch: ['e1-a'],
      },
    ]);
  },
);

test.each([
  ['core', 'core'],
  ['file', 'api'],
] as const)('a stop of what %s owns is asked in the name of %s', async (owner, asked) => {
  origin = owner;
  await post('stop');
  expect(control.calls.at(-1)).toMatchObject(['declare', { origin: asked }]);
});

test('a transfer says to whom', async () => {
  expect(await post('transfer', { to: 'core' })).toMatchObject({ statusCode: 200 });
  expect(control.calls).toEqual([['transfer', { service: 'echo', to: 'core', by: BY }]]);
});

test('history and drift are told of one service', async () => {
  const history = await app.inject('/v1/services/echo/history?limit=7');
  expect(history.json()).toEqual([someEntry()]);
  const drift = await app.inject('/v1/services/echo/drift');
  expect(drift.json()).toMatchObject({ service: 'echo', drift: [{ service: 'echo' }] });
  expect(control.calls).toEqual([
    ['history', { service: 'echo', limit: 7 }],
    ['drift', 'echo'],
  ]);
});
