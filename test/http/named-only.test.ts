import { afterAll, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { askRoute, isConditional, OURS, type Route, ROUTES } from './every-route.ts';
import { createFakeControl } from './fake-control.ts';
import { fakePlatform } from './fake-inspection.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const control = createFakeControl();
const app = createApp({ control, log: quiet, version: '1', platform: fakePlatform() });
afterAll(async () => {
  await app.close();
});
beforeEach(() => {
  control.calls.length = 0;
});

const ask = (route: Route, query = '', headers = {}) => askRoute(app, route, { query, headers });

test.each(OURS)('$route takes no parameter that it does not name', async (route) => {
  const answer = await ask(route, 'unheard=1');
  expect(answer.json()).toMatchObject({
    status: 400,
    detail: 'querystring must NOT have additional properties: "unheard"',
  });
  expect(control.calls).toEqual([]);
});

test.each(ROUTES.filter(({ pattern }) => !pattern.startsWith('/v1/')))(
  '$route, which others spoke before, minds no parameter more',
  async (route) => {
    const [without, withMore] = [await ask(route), await ask(route, 'unheard=1')];
    expect(withMore.statusCode).toBe(without.statusCode);
  },
);

test.each(OURS.filter((route) => route.method !== 'GET' && !isConditional(route)))(
  '$route is done under no condition that it cannot hold to',
  async (route) => {
    for (const header of ['If-Match', 'If-None-Match']) {
      const answer = await ask(route, '', { [header]: '"e1-a"' });
      expect(answer.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
      expect(answer.json()).toMatchObject({ detail: expect.stringContaining(header) });
    }
    expect(control.calls).toEqual([]);
  },
);

test.each(OURS.filter(isConditional))('$route passes its conditions on', async (route) => {
  const headers = { 'if-match': '"e1-a"', 'if-none-match': '*' };
  expect((await ask(route, '', headers)).statusCode).toBeLessThan(300);
  expect(control.calls.at(-1)).toMatchObject([
    expect.anything(),
    { ifMatch: ['e1-a'], ifNew: true },
  ]);
});
