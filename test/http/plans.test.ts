import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApplyMessage } from '../../src/control.ts';
import { createApp } from '../../src/http/app.ts';
import { createPlanShelf } from '../../src/http/plan-shelf.ts';
import { createFakeControl, someEvent, somePlan, someResult } from './fake-control.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
let messages: readonly ApplyMessage[] = [];
const control = createFakeControl({
  async *apply() {
    yield* messages;
  },
});
const app = createApp({ control, log, version: '1' });
afterAll(async () => {
  await app.close();
});
beforeEach(() => {
  control.calls.length = 0;
  messages = [
    { kind: 'event', event: someEvent(1) },
    { kind: 'result', result: someResult() },
  ];
});

const post = (url: string, payload?: object) =>
  app.inject({ method: 'POST', url, ...(payload && { payload }) });

test('a plan is made of documents that are sent, and found again where its answer says', async () => {
  const documents = { 'team/a.yaml': 'services: {}', 'api/b.yml': '' };
  const made = await post('/v1/plan', { documents, names: ['echo'] });
  expect(control.calls).toEqual([['plan', { documents, names: ['echo'] }]]);
  expect(made.headers['location']).toBe('/v1/plans/p-1');
  expect((await app.inject('/v1/plans/p-1')).json()).toEqual(somePlan());
});

test.each([
  '../a.yaml',
  '/etc/a.yaml',
  'a/../b.yaml',
  'a/.hidden.yaml',
  'a\\b.yaml',
  'a.txt',
  'tools.lock.yaml',
  'yaml',
])('a document of the name %j is refused', async (name) => {
  const response = await post('/v1/plan', { documents: { [name]: '' } });
  expect(response.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
});

test('too many documents, too large ones and what is no text are refused', async () => {
  const many = Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`${n}.yaml`, '']));
  expect((await post('/v1/plan', { documents: many })).statusCode).toBe(400);
  const large = { 'a.yaml': 'x'.repeat(3_000_000) };
  expect((await post('/v1/plan', { documents: large })).statusCode).toBe(413);
  expect((await post('/v1/plan', { documents: { 'a.yaml': {} } })).statusCode).toBe(400);
  expect(control.calls).toEqual([]);
});

test('a kept plan is applied: begun, or to its end', async () => {
  await post('/v1/plan', {});
  const begun = await post('/v1/plans/p-1/apply');
  expect([begun.statusCode, begun.json()]).toEqual([202, someResult()]);
  const ended = await post('/v1/plans/p-1/apply', { wait: true });
  expect(ended.statusCode).toBe(200);
  const by = 'local:socket';
  expect(control.calls.slice(1)).toEqual([
    ['apply', { plan: somePlan(), wait: false, by }],
    ['apply', { plan: somePlan(), wait: true, by }],
  ]);
});

test('a stale plan is a conflict that says what moved', async () => {
  await post('/v1/plan', {});
  const stale = [{ service: 'echo', moved: 'the document changed' }];
  messages = [{ kind: 'result', result: someResult({ outcome: 'stale', services: [], stale }) }];
  expect((await post('/v1/plans/p-1/apply')).json()).toMatchObject({
    status: 409,
    code: 'PLAN_STALE',
    detail: expect.stringContaining('echo: the document changed'),
  });
});

test.each(['GET /v1/plans/none', 'POST /v1/plans/none/apply'])(
  '%s is of a plan that is not there',
  async (route) => {
    const [method = '', url = ''] = route.split(' ');
    const response = method === 'GET' ? await app.inject(url) : await post(url);
    expect(response.json()).toMatchObject({ status: 404, code: 'PLAN_UNKNOWN' });
  },
);

describe('the shelf of plans', () => {
  test('holds the last hundred', () => {
    const has = fill(Array.from({ length: 101 }, (_, n) => [`p-${n}`]));
    expect([has('p-0'), has('p-1'), has('p-100')]).toEqual([false, true, true]);
  });

  test('holds large ones as long as there is room, and the newest always', () => {
    const has = fill([
      ['p-0', 12_000],
      ['p-1', 6_000],
      ['p-2', 6_000],
    ]);
    expect([has('p-0'), has('p-1'), has('p-2')]).toEqual([false, true, true]);
    expect(fill([['p-9', 30_000]])('p-9')).toBe(true);
  });

  test('lets go after an hour', () => {
    let nowMs = 0;
    const has = fill([['p-0']], () => nowMs);
    nowMs = 3_599_999;
    expect(has('p-0')).toBe(true);
    nowMs = 3_600_000;
    expect(has('p-0')).toBe(false);
  });
});

function planOf(planId: string, services = 0) {
  const names = Array.from({ length: services }, (_, n) => `s${n}`);
  const basis = names.map((name) => [name, { desiredDigest: null, observed: [] }] as const);
  return somePlan({ planId, basis: Object.fromEntries(basis) });
}

function fill(plans: readonly [string, number?][], nowMs: () => number = () => 0) {
  const shelf = createPlanShelf(nowMs);
  for (const [id, services] of plans) shelf.keep(planOf(id, services));
  return (id: string): boolean => {
    try {
      return shelf.get(id).planId === id;
    } catch {
      return false;
    }
  };
}
