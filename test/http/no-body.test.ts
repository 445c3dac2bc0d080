import { afterAll, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { createFakeControl } from './fake-control.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const control = createFakeControl();
const app = createApp({ control, log: quiet, version: '1' });
afterAll(async () => {
  await app.close();
});
beforeEach(() => {
  control.calls.length = 0;
});

test.each([
  ['/v1/plan', 200, ['plan', {}]],
  ['/v1/wake', 202, ['wake', undefined]],
  ['/v1/templates/echo/render', 200, ['renderTemplate', { name: 'echo', with: {} }]],
  ['/v1/services/echo/rollback', 202, ['ask', { kind: 'rollback', service: 'echo' }]],
])('who has nothing to say to %s sends nothing', async (url, status, call) => {
  for (const headers of [{}, { 'content-type': 'application/json' }]) {
    const answer = await app.inject({ method: 'POST', url, headers });
    expect([answer.statusCode, control.calls.at(-1)]).toMatchObject([status, call]);
  }
  expect(control.calls).toHaveLength(2);
});
