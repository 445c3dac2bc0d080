import { expect, test } from 'vitest';
import { openTestRouter, routeTo } from './open-test-router.ts';
import { serveUpstream } from '../../helpers/serve-upstream.ts';

test('a route without a target answers 503 and when to come again', async () => {
  const router = await openTestRouter([routeTo('foo', [])]);
  const answer = await fetch(`${router.base}/mcp/foo`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(await answer.json()).toEqual({
    error: 'no_target',
    message: 'Service foo has no running instance.',
  });
});

/** A port that nobody gets by chance, unlike one that was free a moment ago. */
const NOBODY = 'http://127.0.0.1:1';

test.each<[string, RequestInit]>([
  ['a GET', {}],
  ['a long POST', { method: 'POST', body: 'x'.repeat(200_000) }],
])('a target that refuses answers 503 to %s', async (_kind, init) => {
  const router = await openTestRouter([routeTo('foo', [NOBODY])]);
  const answer = await fetch(`${router.base}/mcp/foo`, init);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(await answer.json()).toEqual({
    error: 'upstream_unavailable',
    message: 'Service foo does not answer.',
  });
});

test.each<[string, RequestInit]>([
  ['a GET', {}],
  ['a POST', { method: 'POST', body: '{}' }],
])('a server that breaks the exchange answers 502 to %s', async (_kind, init) => {
  const upstream = await serveUpstream((request) => request.socket.destroy());
  const router = await openTestRouter([routeTo('foo', [upstream.url])]);
  const answer = await fetch(`${router.base}/mcp/foo`, init);
  expect(answer.status).toBe(502);
  expect(await answer.json()).toEqual({
    error: 'upstream_failed',
    message: 'Service foo broke the exchange.',
  });
});

test('a server’s own 503 is passed on and the request is not repeated', async () => {
  let requests = 0;
  const upstream = await serveUpstream((_request, response) => {
    requests += 1;
    response.writeHead(503, { 'retry-after': '7' }).end('busy');
  });
  const router = await openTestRouter([routeTo('foo', [upstream.url])]);
  const answer = await fetch(`${router.base}/mcp/foo`);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
  expect(await answer.text()).toBe('busy');
  expect(requests).toBe(1);
});
