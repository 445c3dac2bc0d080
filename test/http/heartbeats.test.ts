import { createHook } from 'node:async_hooks';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { eventually } from '../helpers/eventually.ts';
import { createFakeControl, someEvent } from './fake-control.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const EVENTS = 2_000;

/** Timers of this process that were begun from now on, and neither went off nor were cancelled. */
function countTimers(): () => number {
  const timers = new Set<number>();
  const hook = createHook({
    init: (id, type) => void (type === 'Timeout' && timers.add(id)),
    destroy: (id) => void timers.delete(id),
  }).enable();
  onTestFinished(() => void hook.disable());
  return () => timers.size;
}

test('many events at once as server-sent events leave no timers behind', async () => {
  const control = createFakeControl({
    async *events() {
      for (let number = 1; number <= EVENTS; number++) yield someEvent(number);
    },
  });
  const app = createApp({ control, log, version: '1' });
  onTestFinished(() => app.close());
  const count = countTimers();
  const headers = { accept: 'text/event-stream' };
  const { body } = await app.inject({ url: '/v1/events?follow=false', headers });
  expect(body.match(/^id: /gm)).toHaveLength(EVENTS);
  // Others of this process may have some.
  await eventually(() => expect(count()).toBeLessThan(EVENTS / 10));
});
