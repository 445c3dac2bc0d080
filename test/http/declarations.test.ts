import { expect, onTestFinished, test } from 'vitest';
import type { Control } from '../../src/control.ts';
import { AppError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import { createFakeControl, someDeclared, somePlan } from './fake-control.ts';

function open(replaced: Partial<Control> = {}) {
  const control = createFakeControl(replaced);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const app = createApp({ control, log, version: '1' });
  onTestFinished(async () => {
    await app.close();
  });
  return { app, calls: control.calls };
}

test('a document is answered with its etag', async () => {
  const { app } = open();
  const response = await app.inject('/v1/services/echo/document');
  expect(response.json()).toEqual(someDeclared());
  expect(response.headers['etag']).toBe('"e1-a"');
});

test.each([
  ['PUT', 'put', 'application/json'],
  ['PATCH', 'merge', 'application/json'],
  ['PATCH', 'merge', 'application/merge-patch+json'],
] as const)('%s is a %s of %s', async (method, kind, type) => {
  const { app, calls } = open();
  const response = await app.inject({
    method,
    url: '/v1/services/echo',
    headers: { 'content-type': type },
    payload: JSON.stringify({ image: 'x' }),
  });
  expect(response.statusCode).toBe(200);
  expect(response.headers['etag']).toBe('"e1-a"');
  const change = { kind, fields: { image: 'x' } };
  expect(calls).toEqual([
    ['declare', { service: 'echo', origin: 'api', by: 'local:socket', change }],
  ]);
});

test.each([
  [{ 'if-match': '"a", W/"b" , "c"' }, { ifMatch: ['a', 'c'] }],
  [{ 'if-match': '*' }, { ifMatch: 'any' }],
  [{ 'if-match': 'nonsense' }, { ifMatch: [] }],
  [{ 'if-none-match': ' * ' }, { ifNew: true }],
  [{ 'if-none-match': 'W/"a", "b"' }, { ifNoneMatch: ['a', 'b'] }],
])('the condition %j is passed on', async (headers, condition) => {
  const { app, calls } = open();
  await app.inject({ method: 'DELETE', url: '/v1/services/echo', headers });
  expect(calls).toMatchObject([['declare', { change: { kind: 'delete' }, ...condition }]]);
});

test('what is new is 201, what goes is 202, and a dry run is 200', async () => {
  const { etag } = someDeclared();
  const declared = {
    service: 'echo',
    origin: 'api',
    file: 'api/echo.yaml',
    fields: {},
    etag,
  } as const;
  const ends = [
    [{ kind: 'created', declared }, 201],
    [{ kind: 'deleted' }, 202],
    [{ kind: 'created', declared, plan: somePlan() }, 200],
  ] as const;
  for (const [result, status] of ends) {
    const { app } = open({ declare: async () => result });
    const response = await app.inject({ method: 'PUT', url: '/v1/services/echo', payload: {} });
    expect([response.statusCode, response.json()]).toEqual([status, result]);
  }
});

test('mistakes in a document are told one by one', async () => {
  const problems = [
    { file: 'api/echo.yaml', line: 5, column: 3, code: 'VALUE_RANGE', message: 'port' },
  ];
  const { app } = open({
    declare: () =>
      Promise.reject(new AppError('DOCUMENT_INVALID', 'echo cannot be so', { problems })),
  });
  const response = await app.inject({ method: 'PUT', url: '/v1/services/echo', payload: {} });
  expect(response.json()).toMatchObject({ status: 422, code: 'DOCUMENT_INVALID', problems });
});

test.each([
  ['a list', '[]', 400],
  ['a text', '"x"', 400],
  ['nothing', '', 400],
  ['no JSON', '{', 400],
  ['2 MB', JSON.stringify({ image: 'x'.repeat(2_000_000) }), 413],
])('a body of %s asks the manager nothing', async (_what, payload, status) => {
  const { app, calls } = open();
  const response = await app.inject({
    method: 'PUT',
    url: '/v1/services/echo',
    headers: { 'content-type': 'application/json' },
    payload,
  });
  expect(response.statusCode).toBe(status);
  expect(calls).toEqual([]);
});

test.each([
  [{ power: 'off' }, 'core'],
  [{ power: 'off', port: 1 }, 'api'],
])('%j is written into a document of the platform in the name of %s', async (payload, origin) => {
  const { app, calls } = open({ declared: async () => ({ ...someDeclared(), origin: 'core' }) });
  await app.inject({ method: 'PATCH', url: '/v1/services/echo', payload });
  expect(calls.at(-1)).toMatchObject(['declare', { origin }]);
});
