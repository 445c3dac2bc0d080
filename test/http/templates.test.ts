import { afterAll, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { createFakeControl } from './fake-control.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const broken = { name: 'broken', file: 'broken.json', etag: 't1-b', text: '{' };
const problem = { file: 'broken.json', line: 1, column: 2, code: 'TEMPLATE_SYNTAX', message: 'no' };
const plain = {
  name: 'plain',
  file: 'plain.json',
  etag: 't1-a',
  text: '{"image":"x"}',
  problems: [],
};
const control = createFakeControl({
  template: async (name) => (name === 'broken' ? { ...broken, problems: [problem] } : plain),
});
const app = createApp({ control, log, version: '1' });
afterAll(async () => {
  await app.close();
});
beforeEach(() => {
  control.calls.length = 0;
});

test('a template is answered as it is written, once', async () => {
  const url = '/v1/templates/plain';
  const first = await app.inject(url);
  expect([first.body, first.headers['etag']]).toEqual(['{"image":"x"}', '"t1-a"']);
  expect(first.headers['content-type']).toMatch(/^application\/json/);
  const again = await app.inject({ url, headers: { 'if-none-match': '"t1-a"' } });
  expect([again.statusCode, again.body]).toEqual([304, '']);
});

test('a file that is no JSON is told as that', async () => {
  const response = await app.inject('/v1/templates/broken');
  expect(response.json()).toMatchObject({ status: 422, problems: [problem] });
});

test('a write carries its conditions', async () => {
  const url = '/v1/templates/plain';
  const headers = { 'if-match': '"t1-a"', 'if-none-match': '"t1-b"' };
  const put = await app.inject({ method: 'PUT', url, headers, payload: { image: 'x' } });
  expect([put.statusCode, put.json(), put.headers['etag']]).toEqual([
    200,
    { image: 'x' },
    '"t1-a"',
  ]);
  const gone = await app.inject({ method: 'DELETE', url, headers: { 'if-match': '*' } });
  expect([gone.statusCode, gone.body]).toEqual([204, '']);
  const text = '{\n  "image": "x"\n}\n';
  expect(control.calls).toEqual([
    ['writeTemplate', { name: 'plain', ifMatch: ['t1-a'], ifNoneMatch: ['t1-b'], text }],
    ['writeTemplate', { name: 'plain', ifMatch: 'any' }],
  ]);
});

test('a template is rendered with parameters', async () => {
  const payload = { with: { greeting: 'hi' }, runtime: 'process' };
  await app.inject({ method: 'POST', url: '/v1/templates/plain/render', payload });
  expect(control.calls).toEqual([['renderTemplate', { name: 'plain', ...payload }]]);
});

test.each([
  '..',
  '%2e%2e',
  '%2fetc%2fpasswd',
  '..%2fdesired%2fa',
  '.hidden',
  'a.json',
  'a%5cb',
  'a%00',
  'ec%CC%81ho',
  'x'.repeat(300),
])('the name %j leads nowhere', async (name) => {
  for (const method of ['GET', 'PUT', 'DELETE'] as const) {
    const payload = method === 'PUT' ? { payload: {} } : {};
    const response = await app.inject({ method, url: `/v1/templates/${name}`, ...payload });
    expect([400, 404, 414]).toContain(response.statusCode);
  }
  expect(control.calls).toEqual([]);
});
