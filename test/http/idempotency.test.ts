import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../src/adapters/sqlite/store.ts';
import type { Control } from '../../src/control.ts';
import { AppError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import type { KeptAnswer } from '../../src/model/kept-answer.ts';
import { createAnswers } from '../../src/reconcile/answers.ts';
import { createCommitQueue } from '../../src/reconcile/commit-queue.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { join } from 'node:path';
import { createFakeControl, someDeclared, somePlan } from './fake-control.ts';
import { serveGuarded } from './guarded-app.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const DAY_MS = 24 * 60 * 60 * 1000;

/** Answers in a real store, which can be closed and opened again. */
async function openAnswers(clock = Date.now) {
  const file = join(await createTempFolder(), 'state.db');
  const open = () => {
    const store = openStore({ file, source: '/test', clock, keepUndelivered: false });
    onTestFinished(() => store.close());
    const answers = createAnswers({ store, commits: createCommitQueue(store), clock, log });
    return { ...answers, close: () => store.close() };
  };
  return { open, file };
}

async function openApp(replaced: Partial<Control> = {}, clock?: () => number) {
  const { open, file } = await openAnswers(clock);
  let answers = open();
  const control = createFakeControl(replaced);
  const start = () => createApp({ control, log, version: '1', answers });
  let app = start();
  onTestFinished(async () => {
    await app.close();
  });
  const write = (key: string, fields: object = { image: 'x' }, headers = {}) =>
    app.inject({
      method: 'PUT',
      url: '/v1/services/echo',
      headers: { 'idempotency-key': key, ...headers },
      payload: fields,
    });
  const restart = async (): Promise<void> => {
    await app.close();
    answers.close();
    answers = open();
    app = start();
  };
  return { write, calls: control.calls, inject: () => app, restart, file };
}

test('asked again under the same key, the first answer comes once more, also after a restart', async () => {
  const { write, calls, restart } = await openApp({
    declare: async () => ({ kind: 'created', declared: { ...someDeclared(), file: 'a' } }),
  });
  const first = await write('k-1');
  expect([first.statusCode, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
  for (let times = 0; times < 2; times += 1) {
    const again = await write('k-1');
    expect([again.statusCode, again.body]).toEqual([201, first.body]);
    expect(again.headers).toMatchObject({
      etag: first.headers['etag'],
      'content-type': first.headers['content-type'],
      'idempotency-replayed': 'true',
    });
    await restart();
  }
  expect(calls).toHaveLength(1);
  await write('k-2');
  expect(calls).toHaveLength(2);
});

test.each<[string, object, Record<string, string>]>([
  ['another body', { image: 'y' }, {}],
  ['another condition', { image: 'x' }, { 'if-match': '"e1-a"' }],
])('the key of %s is refused', async (_what, fields, headers) => {
  const { write, calls } = await openApp();
  await write('k-1');
  const response = await write('k-1', fields, headers);
  expect(response.json()).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
  expect(calls).toHaveLength(1);
  expect((await write('k-1', { image: 'x' })).statusCode).toBe(200);
});

test('before the first is answered the second is told to wait, and nothing is done twice', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { write, calls } = await openApp({
    async declare() {
      await promise;
      return { kind: 'deleted' };
    },
  });
  const first = write('k-1');
  await expect.poll(() => calls.length).toBe(1);
  const second = await write('k-1');
  expect(second.json()).toMatchObject({ status: 409, code: 'IDEMPOTENCY_IN_FLIGHT' });
  expect(second.headers['retry-after']).toBe('1');
  expect((await write('k-1', {})).json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  resolve();
  expect((await write('k-1')).body).toBe((await first).body);
  expect(calls).toHaveLength(1);
});

test('what the client did wrong is answered again, what the manager could not do is tried again', async () => {
  let code: 'STATE_UNWRITABLE' | 'DECLARED_ELSEWHERE' = 'STATE_UNWRITABLE';
  const { write, calls } = await openApp({
    declare: () => Promise.reject(new AppError(code, 'no')),
  });
  expect((await write('k-1')).statusCode).toBe(503);
  code = 'DECLARED_ELSEWHERE';
  for (let times = 0; times < 2; times += 1) {
    const { statusCode, headers } = await write('k-1');
    expect([statusCode, headers['content-type']]).toEqual([409, expect.stringMatching('problem')]);
  }
  expect(calls).toHaveLength(2);
});

test('a day later the key is as good as new', async () => {
  let nowMs = 5 * DAY_MS;
  const { write, calls } = await openApp({}, () => nowMs);
  await write('k-1');
  nowMs += DAY_MS - 1;
  await write('k-1');
  expect(calls).toHaveLength(1);
  nowMs += 1;
  expect((await write('k-1', { image: 'y' })).statusCode).toBe(200);
  expect(calls).toHaveLength(2);
});

test.each(['', 'a b', 'ü', 'x'.repeat(256)])('%j is no key', async (key) => {
  const { write, calls } = await openApp();
  const { statusCode } = await write(key);
  expect([statusCode, calls.length]).toEqual([400, 0]);
});

test('a plan is applied once under a key, and its answer told again', async () => {
  const { inject, calls } = await openApp({ plan: async () => somePlan() });
  await inject().inject({ method: 'POST', url: '/v1/plan', payload: {} });
  const { planId } = somePlan();
  const asked = {
    method: 'POST',
    url: `/v1/plans/${planId}/apply`,
    headers: { 'idempotency-key': 'k-1' },
  } as const;
  const [first, again] = [await inject().inject(asked), await inject().inject(asked)];
  expect([first.statusCode, again.statusCode, again.body]).toEqual([202, 202, first.body]);
  expect(calls.filter(([method]) => method === 'apply')).toHaveLength(1);
});

test('where no answer can be kept a key is refused, and reading takes none', async () => {
  const { inject, calls } = await openApp();
  const headers = { 'idempotency-key': 'k-1' };
  const payload = { wait: false, by: 'ada' };
  const apply = await inject().inject({ method: 'POST', url: '/v1/apply', headers, payload });
  expect([apply.statusCode, calls.length]).toEqual([400, 0]);
  const read = await inject().inject({ url: '/v1/services', headers });
  expect(read.statusCode).toBe(200);
});

test('keys of different people are different keys', async () => {
  const { open } = await openAnswers();
  const control = createFakeControl();
  const served = await serveGuarded({ control, answers: open() });
  const init = {
    method: 'PUT',
    body: '{}',
    headers: { 'idempotency-key': 'k-1', 'content-type': 'application/json' },
  };
  for (const name of ['a', 'b']) {
    const token = await served.makeToken({ role: 'write', name });
    for (let times = 0; times < 2; times += 1) {
      expect((await served.ask('/v1/services/echo', token, init)).status).toBe(200);
    }
  }
  expect(control.calls.filter(([method]) => method === 'declare')).toHaveLength(2);
  expect(served.audited).toHaveLength(2);
});

test('neither key nor request is in what is kept', async () => {
  const kept: Omit<KeptAnswer, 'atMs'>[] = [];
  const answers = {
    find: () => undefined,
    keep: async (answer: Omit<KeptAnswer, 'atMs'>) => void kept.push(answer),
  };
  const app = createApp({ control: createFakeControl(), log, version: '1', answers });
  onTestFinished(async () => {
    await app.close();
  });
  await app.inject({
    method: 'PUT',
    url: '/v1/services/echo',
    headers: { 'idempotency-key': 'planted-key' },
    payload: { env: { API_KEY: 'planted-secret' } },
  });
  expect(kept).toHaveLength(1);
  expect(JSON.stringify(kept)).not.toContain('planted');
});
