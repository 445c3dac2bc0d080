import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { ACCESS } from '../../../src/model/access.ts';
import { openPlatform } from './open-platform.ts';

const ROUTES = Object.keys(ACCESS).filter((route) => !/ \/v1\//.test(route));
const WITH_BODY = ROUTES.filter((route) => /^(?:POST|PUT) /.test(route));
const WITH_NAME = ROUTES.filter((route) => route.includes(':'));

const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const HUGE = JSON.stringify({ environment: { A: 'x'.repeat(10_000_000) } });
const WRONG = { service_name: 7, instance_id: [], image: {}, port: 'x', json_spec: 1 };

const { app, ask, calls } = openPlatform({}, afterAll);
beforeEach(() => void calls.splice(0));

describe.each(WITH_BODY)('%s with', (route) => {
  const path = route.replace(/:\w+/, 'echo');
  const isCreation = /\/(?:containers|instances)$/.test(path);

  test.each<[string, string | Buffer, number]>([
    ['what is no JSON', '{"service_name":', 400],
    ['what is no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400],
    ['a depth that nobody needs', DEEP, 400],
    ['ten megabytes', HUGE, 413],
  ])(
    '%s is refused in the form of the contract, and changes nothing',
    async (_what, body, status) => {
      const answer = await ask(path, body);
      expect(answer).toEqual({
        status,
        body: { error: expect.any(String), code: status, message: expect.any(String) },
      });
      expect(calls).toEqual([]);
    },
  );

  test('nothing, or wrong types, is no fault of ours', async () => {
    for (const body of ['', '[]', '"text"', 'null', JSON.stringify(WRONG)]) {
      const { status } = await ask(path, body);
      expect(status).toSatisfy((code: number) => (isCreation ? code === 400 : code < 500));
    }
  });

  test('members that nobody knows is taken without them', async () => {
    await ask(path, { extra: 'planted', __proto__: { polluted: true } });
    expect(JSON.stringify(calls)).not.toMatch(/planted|polluted/);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe.each(WITH_NAME)('%s for', (route) => {
  test.each([
    ['a name that nobody has', 'nobody'],
    ['a way up', '..%2f..%2fetc%2fpasswd'],
    ['look-alikes', encodeURIComponent('еcho')],
    ['300 characters', 'x'.repeat(300)],
    ['the name of a member of all maps', '__proto__'],
  ])('%s is 404 in the form of the contract', async (_what, name) => {
    const { status, body } = await ask(route.replace(/:\w+/, name), {});
    expect([status, body]).toEqual([
      404,
      { error: expect.any(String), code: 404, message: expect.any(String) },
    ]);
    expect(calls.map(([method]) => method)).not.toContain('declare');
  });

  test('half a percent sign is refused', async () => {
    const { status, body } = await ask(route.replace(/:\w+/, '%zz'));
    expect([status, body]).toMatchObject([400, { error: 'invalid_request', code: 400 }]);
  });
});

test.each([
  ['GET', '/nothing'],
  ['PATCH', '/containers'],
  ['DELETE', '/containers'],
  ['GET', '/containers/a/b/c'],
] as const)(
  '%s %s is not known, and the answer has the form of the contract',
  async (method, url) => {
    const response = await app.inject({ method, url });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ error: 'not_found', code: 404 });
  },
);
