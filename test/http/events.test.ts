import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../src/adapters/sqlite/store.ts';
import { createApp } from '../../src/http/app.ts';
import type { EventType } from '../../src/model/event.ts';
import { announceCommits } from '../../src/reconcile/announce.ts';
import { readEvents } from '../../src/reconcile/event-feed.ts';
import { createFakeControl } from './fake-control.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const TYPES: readonly [EventType, string][] = [
  ['service.started', 'echo'],
  ['service.failed', 'echo'],
  ['drift.detected', 'other'],
  ['drift.healed', 'other'],
];

/** The API over the events of a real store. */
function open() {
  const file = ':memory:';
  const clock = Date.now;
  const store = openStore({ file, source: '/test', clock, keepUndelivered: false });
  const announcements = announceCommits(store);
  store.commit(
    TYPES.map(([type, subject]) => ({
      kind: 'event',
      event: { type, subject, timeMs: clock(), data: {} },
    })),
  );
  const control = createFakeControl({
    events: (query, signal) => readEvents(announcements, query, signal),
  });
  const app = createApp({ control, log, version: '1' });
  onTestFinished(async () => {
    await app.close();
    store.close();
  });
  const ask = async (query: string, headers = {}) =>
    app.inject({ url: `/v1/events?${query}`, headers });
  return { app, ask, producer: store.producer };
}

test.each([
  ['', [1, 2, 3, 4]],
  ['type=drift', [3, 4]],
  ['type=drift.healed', [4]],
  ['type=io.mcpmanager.service.failed', [2]],
  ['type=service.failed,drift.detected', [2, 3]],
  ['type=dri', []],
  ['type=service&service=other', []],
  ['service=echo', [1, 2]],
])('the events asked by %j', async (query, numbers) => {
  const { ask, producer } = open();
  const lines = (await ask(query)).body.split('\n').filter((line) => line !== '');
  expect(lines.map((line) => JSON.parse(line).id)).toEqual(
    numbers.map((number) => `${producer}/${number}`),
  );
});

test.each(['type=', 'type=a,,b', 'type=A', 'type=service/x', `type=${'a'.repeat(501)}`])(
  'events asked by %j are refused',
  async (query) => {
    const { ask } = open();
    expect((await ask(query)).json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  },
);

const ID = '0198c0de-0000-7000-8000-000000000000';

test.each(['yesterday', '1', '2026-13-01', 'a/1', `${ID}/`, `${ID}/-1`, `${ID}/1/2`])(
  'a position %j that is none is a mistake of who asks, as a query and as Last-Event-ID',
  async (position) => {
    const { ask } = open();
    const mistake = { status: 400, code: 'REQUEST_INVALID' };
    const asked = await ask(`since=${encodeURIComponent(position)}`);
    expect(asked.json()).toMatchObject(mistake);
    const accept = 'text/event-stream';
    const resumed = await ask('follow=false', { accept, 'last-event-id': position });
    expect(resumed.json()).toMatchObject(mistake);
  },
);

test('after an event of another manager everything is read, so that nothing is missed', async () => {
  const { ask } = open();
  const lines = (await ask(`since=${ID}/3`)).body.trim().split('\n');
  expect(lines).toHaveLength(4);
});

test('server-sent events go on after the last one that was read, each under its id', async () => {
  const { ask, producer } = open();
  const headers = { accept: 'text/event-stream', 'last-event-id': `${producer}/1` };
  const response = await ask('follow=false&type=service,drift.healed', headers);
  expect(response.headers['content-type']).toBe('text/event-stream');
  const frames = response.body.split('\n\n').filter((frame) => frame !== '');
  expect(frames[0]).toBe(': connected');
  const heads = frames.slice(1).map((frame) => frame.split('\n').slice(0, 2));
  expect(heads).toEqual([
    [`id: ${producer}/2`, 'event: io.mcpmanager.service.failed'],
    [`id: ${producer}/4`, 'event: io.mcpmanager.drift.healed'],
  ]);
});

test.each(['application/x-ndjson', 'text/event-stream'])(
  'who follows the events as %s is answered before anything happens',
  async (accept) => {
    const { app } = open();
    const url = await app.listen({ port: 0 });
    const leaving = new AbortController();
    const { signal } = leaving;
    const response = await fetch(`${url}/v1/events?follow=true`, { headers: { accept }, signal });
    expect(response.headers.get('content-type')).toBe(accept);
    leaving.abort();
  },
);
