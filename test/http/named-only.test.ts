import { afterAll, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { ACCESS } from '../../src/model/access.ts';
import { createFakeControl, someDraft, somePlan } from './fake-control.ts';
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

/** What routes need beside their names. */
const BODIES: Readonly<Record<string, object>> = {
  'PUT /v1/services/:name': {},
  'PATCH /v1/services/:name': {},
  'POST /v1/services/:name/transfer': { to: 'api' },
  'POST /v1/services/:name/tools/call': { tool: 'say', arguments: {} },
  'PUT /v1/templates/:template': {},
  'POST /v1/apply': { wait: true, by: 'me', plan: somePlan() },
  'POST /v1/commands': { kind: 'restart', service: 'echo', by: 'me' },
  'POST /v1/imports/draft': { container: 'old', service: 'echo' },
  'POST /v1/imports': { container: 'old', service: someDraft().containerName },
};
const QUERIES: Readonly<Record<string, string>> = { 'GET /v1/auth': 'role=read&slug=echo&' };

const ROUTES = Object.keys(ACCESS).map((route) => {
  const [method = '', pattern = ''] = route.split(' ');
  return { route, method, pattern };
});
const OURS = ROUTES.filter(({ pattern }) => pattern.startsWith('/v1/'));
const CONDITIONAL =
  /^(PUT|PATCH|DELETE) \/v1\/(services|templates)\/:\w+$|\/(start|stop|transfer)$/;

function ask({ route, method, pattern }: (typeof ROUTES)[number], query = '', headers = {}) {
  const path = pattern.replace(/:\w+/, 'echo');
  const url = `${path}?${QUERIES[route] ?? ''}${query}`;
  const payload = BODIES[route];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written as methods in the table
  return app.inject({ method: method as 'GET', url, headers, ...(payload && { payload }) });
}

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

test.each(OURS.filter(({ method, route }) => method !== 'GET' && !CONDITIONAL.test(route)))(
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

test.each(OURS.filter(({ route }) => CONDITIONAL.test(route)))(
  '$route passes its conditions on',
  async (route) => {
    const headers = { 'if-match': '"e1-a"', 'if-none-match': '*' };
    expect((await ask(route, '', headers)).statusCode).toBeLessThan(300);
    expect(control.calls.at(-1)).toMatchObject([
      expect.anything(),
      { ifMatch: ['e1-a'], ifNew: true },
    ]);
  },
);
