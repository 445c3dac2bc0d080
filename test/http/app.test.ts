import type { FastifyInstance, InjectOptions } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import type { Control } from '../../src/control.ts';
import { AppError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import type { Log } from '../../src/ports.ts';
import {
  createFakeControl,
  someEvent,
  somePlan,
  someStatus,
  untilAborted,
} from './fake-control.ts';

const PRODUCER = '6f1c9e0a-4b1d-4d57-9a51-0c8a4f6f2d11';
const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

function open(replaced: Partial<Control> = {}) {
  const control = createFakeControl(replaced);
  const app = createApp({ control, log: quiet, version: '1.2.3' });
  onTestFinished(async () => {
    await app.close();
  });
  return { app, calls: control.calls };
}

async function problemOf(app: FastifyInstance, request: InjectOptions) {
  const response = await app.inject(request);
  expect(response.headers['content-type']).toContain('application/problem+json');
  const problem = response.json();
  expect(problem).toMatchObject({ status: response.statusCode, title: expect.any(String) });
  return problem;
}

test('one service is answered by its name', async () => {
  const { app } = open();
  const response = await app.inject('/v1/services/echo');
  expect(response.json()).toEqual(someStatus('echo'));
  expect(response.headers['mcp-manager-version']).toBe('1.2.3');
});

test('an unknown service is 404 with our code', async () => {
  const { app } = open();
  expect(await problemOf(app, { url: '/v1/services/ehco' })).toMatchObject({
    status: 404,
    code: 'SERVICE_UNKNOWN',
    type: 'urn:mcp-manager:error:SERVICE_UNKNOWN',
  });
});

test('an unknown path is 404 as a problem', async () => {
  const { app } = open();
  expect(await problemOf(app, { url: '/v1/nothing' })).toMatchObject({ status: 404 });
});

test.each([
  ['an unknown field', '/v1/plan', { name: 'echo' }],
  ['a number as text', '/v1/plan', { allowRemovals: '3' }],
  ['a null for a number', '/v1/plan', { allowRemovals: null }],
  ['a bad name', '/v1/plan', { names: ['Bad Name'] }],
  ['no one who asks', '/v1/apply', { wait: true }],
  ['a plan without a body', '/v1/apply', { wait: true, by: 'ada', plan: {} }],
  [
    'a plan whose basis is none',
    '/v1/apply',
    { wait: true, by: 'ada', plan: { ...somePlan(), basis: { echo: {} } } },
  ],
  ['an unknown command', '/v1/commands', { kind: 'explode', service: 'echo', by: 'ada' }],
  [
    'volumes with a restart',
    '/v1/commands',
    { kind: 'restart', service: 'echo', by: 'a', volumes: true },
  ],
  [
    'a removal that does not speak of volumes',
    '/v1/commands',
    { kind: 'remove', service: 'echo', by: 'a' },
  ],
])('%s is refused and asks the manager nothing', async (_what, url, payload) => {
  const { app, calls } = open();
  expect(await problemOf(app, { method: 'POST', url, payload })).toMatchObject({
    status: 400,
    code: 'REQUEST_INVALID',
  });
  expect(calls).toEqual([]);
});

test('a body that is no JSON is refused', async () => {
  const { app } = open();
  const headers = { 'content-type': 'application/json' };
  const wrong: InjectOptions = { method: 'POST', url: '/v1/plan', payload: '{', headers };
  expect(await problemOf(app, wrong)).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
});

test.each(['/v1/services/echo/logs?tail=many', '/v1/events?follow=yes', '/v1/history?limit=-1'])(
  'the query of %s is refused',
  async (url) => {
    const { app, calls } = open();
    expect(await problemOf(app, { url })).toMatchObject({ status: 400 });
    expect(calls).toEqual([]);
  },
);

test.each([
  ['REFUSED', 409],
  ['PLAN_STALE', 409],
  ['PLAN_INVALID', 422],
  ['NOT_SUPPORTED', 501],
  ['RUNTIME_UNAVAILABLE', 503],
  ['TIMED_OUT', 504],
  ['TOO_MANY_PLANS', 503],
] as const)('%s is answered with %d, its words and its way out', async (code, status) => {
  const { app } = open({
    plan: () => Promise.reject(new AppError(code, 'words', { hint: 'way out' })),
  });
  const problem = await problemOf(app, { method: 'POST', url: '/v1/plan', payload: {} });
  expect(problem).toMatchObject({ status, code, detail: 'words', hint: 'way out' });
});

test('who asks for a plan too many is told when to ask again', async () => {
  const { app } = open({ plan: () => Promise.reject(new AppError('TOO_MANY_PLANS', 'words')) });
  const response = await app.inject({ method: 'POST', url: '/v1/plan', payload: {} });
  expect(response).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
});

test('no answer to a bug holds its stack or its words', async () => {
  const { app } = open({ plan: () => Promise.reject(new TypeError('planted')) });
  const response = await app.inject({ method: 'POST', url: '/v1/plan', payload: {} });
  expect(response.statusCode).toBe(500);
  expect(response.body).not.toContain('planted');
  expect(response.body).not.toContain('.ts');
});

test('problems are the problems of the documents', async () => {
  const problem = { file: 'a.yaml', line: 1, column: 2, code: 'X', message: 'no' };
  const { app } = open({
    status: async () => ({ services: [], problems: [problem], leftAlone: [] }),
  });
  expect((await app.inject('/v1/problems')).json()).toEqual([problem]);
});

test('who accepts server-sent events gets them with id and type, and resumes after the last', async () => {
  const { app, calls } = open({
    async *events() {
      yield someEvent(8);
    },
  });
  const response = await app.inject({
    url: `/v1/events?since=${PRODUCER}/1`,
    headers: { accept: 'text/event-stream', 'last-event-id': `${PRODUCER}/7` },
  });
  expect(response.headers['content-type']).toContain('text/event-stream');
  expect(response.body).toBe(
    `: connected\n\nid: producer/8\nevent: io.mcpmanager.service.started\ndata: ${JSON.stringify(someEvent(8))}\n\n`,
  );
  expect(calls).toEqual([['events', { follow: true, since: `${PRODUCER}/7` }]]);
});

test('a follower is connected at once, also when nothing happens', async () => {
  const { app } = open({
    // oxlint-disable-next-line require-yield -- nothing happens here
    async *events(_query, signal) {
      await untilAborted(signal);
    },
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const leaving = new AbortController();
  const response = await fetch(`${address}/v1/events`, {
    headers: { accept: 'text/event-stream' },
    signal: leaving.signal,
  });
  expect(response.status).toBe(200);
  leaving.abort();
});

test('an answer goes out as it is, whatever its route says of it', async () => {
  const [entry] = await createFakeControl().releases('echo');
  const { app } = open({ releases: async () => [{ ...entry!, later: 'planted' }] });
  const response = await app.inject('/v1/services/echo/releases');
  expect(response.json()).toEqual([{ ...entry, later: 'planted' }]);
});
