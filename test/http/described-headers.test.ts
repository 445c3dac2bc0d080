import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Description } from '../../scripts/client-schema.ts';
import { createApp } from '../../src/http/app.ts';
import { askRoute, isConditional, OURS, type Route, ROUTES } from './every-route.ts';
import { createFakeControl, NO_ANSWERS } from './fake-control.ts';
import { fakePlatform } from './fake-inspection.ts';

const app = createApp({
  control: createFakeControl(),
  log: { debug() {}, info() {}, warn() {}, error() {} },
  version: '1',
  platform: fakePlatform(),
  answers: NO_ANSWERS,
});
let description: Description;
beforeAll(async () => {
  description = (await app.inject('/openapi.json')).json();
});
afterAll(async () => {
  await app.close();
});

function operationOf({ method, pattern }: Route) {
  return description.paths[pattern.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
}

/** The headers that a route is described to take. */
function headersOf(route: Route): readonly string[] {
  const { parameters = [] } = operationOf(route) ?? {};
  return parameters.filter((one) => one.in === 'header').map(({ name }) => name);
}

test.each(ROUTES)(
  '$route is described to take Idempotency-Key just where it does',
  async (route) => {
    const answer = await askRoute(app, route, { headers: { 'Idempotency-Key': 'no key' } });
    expect(headersOf(route).includes('idempotency-key')).toBe(
      answer.statusCode === 400 && answer.body.includes('255 visible characters'),
    );
  },
);

test('what takes a key is described to answer that it was used, or is in use', () => {
  const keyed = OURS.filter((route) => headersOf(route).includes('idempotency-key'));
  const answered = keyed.map((route) => Object.keys(operationOf(route)?.responses ?? {}));
  expect(keyed.length).toBeGreaterThan(0);
  for (const statuses of answered) expect(statuses).toEqual(expect.arrayContaining(['409', '422']));
});

test.each(OURS.filter(({ method }) => method !== 'GET'))(
  '$route is described to take If-Match and If-None-Match just where it does',
  (route) => {
    const own = headersOf(route);
    expect([own.includes('if-match'), own.includes('if-none-match')]).toEqual(
      isConditional(route) ? [true, true] : [false, false],
    );
  },
);

test.each(ROUTES.filter(({ method }) => method === 'GET'))(
  '$route is described to take If-None-Match just where it does',
  async (route) => {
    const { statusCode } = await askRoute(app, route, { headers: { 'If-None-Match': '*' } });
    expect(headersOf(route).includes('if-none-match')).toBe(statusCode === 304);
  },
);
