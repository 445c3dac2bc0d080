import { expect, test } from 'vitest';
import type { TestRouter } from './open-test-router.ts';
import { openTestRouter, routeTo } from './open-test-router.ts';
import { serveMirror, serveUpstream } from '../../helpers/serve-upstream.ts';

async function openMirrored(path?: string): Promise<{ router: TestRouter; target: string }> {
  const upstream = await serveMirror();
  const router = await openTestRouter([routeTo('foo', [upstream.url], path)]);
  return { router, target: upstream.url };
}

test.each([
  ['/mcp/foo', '/deep/path'],
  ['/mcp/foo?a=1&b=%2F&a=2', '/deep/path?a=1&b=%2F&a=2'],
  ['/mcp/foo/', '/'],
  ['/mcp/foo/mcp/', '/mcp/'],
  ['/mcp/foo/a%2Fb/c;d?q=x+y%20z', '/a%2Fb/c;d?q=x+y%20z'],
  ['/mcp/foo//twice', '//twice'],
])('%s reaches the server as %s', async (publicPath, expected) => {
  const { router } = await openMirrored('/deep/path');
  const answer = await fetch(`${router.base}${publicPath}`);
  expect(await answer.json()).toMatchObject({ url: expected });
});

test.each(['/mcp/foobar', '/mcp/fo', '/mcp/', '/mcp', '/', '/other/foo', '/mcp/nobody/x?y=1'])(
  '%s is answered as a route that is not there',
  async (path) => {
    const { router } = await openMirrored();
    const answer = await fetch(`${router.base}${path}`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      error: 'route_not_found',
      message: `No service is routed at ${path.split('?')[0]}.`,
    });
  },
);

test('a path that climbs out of the prefix is not sent on', async () => {
  const { router } = await openMirrored();
  const answer = await fetch(`${router.base}/mcp/foo/..%2f..%2fetc`);
  expect(answer.status).toBe(400);
});

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is passed', async (method) => {
  const { router } = await openMirrored();
  const answer = await fetch(`${router.base}/mcp/foo`, { method });
  expect(await answer.json()).toMatchObject({ method });
});

test('HEAD is passed and answered without a body', async () => {
  const { router } = await openMirrored();
  const answer = await fetch(`${router.base}/mcp/foo`, { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('');
});

test('headers arrive as they were sent, with those of a proxy added', async () => {
  const { router, target } = await openMirrored();
  const answer = await fetch(`${router.base}/mcp/foo`, {
    headers: {
      authorization: 'Bearer abc',
      'mcp-session-id': 's1',
      'mcp-protocol-version': '2025-11-25',
      origin: 'http://localhost:3000',
      'x-forwarded-for': '10.0.0.9',
    },
  });
  expect(await answer.json()).toMatchObject({
    headers: {
      authorization: 'Bearer abc',
      'mcp-session-id': 's1',
      'mcp-protocol-version': '2025-11-25',
      origin: 'http://localhost:3000',
      host: new URL(target).host,
      'x-forwarded-for': '10.0.0.9, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(router.base).host,
      'x-forwarded-prefix': '/mcp/foo',
    },
  });
});

test('answers keep their status, headers and repeated cookies', async () => {
  const upstream = await serveUpstream((_request, response) => {
    response.writeHead(401, {
      'www-authenticate': 'Bearer resource_metadata="http://x/.well-known"',
      'mcp-session-id': 'abc',
      'set-cookie': ['a=1', 'b=2'],
    });
    response.end('no');
  });
  const router = await openTestRouter([routeTo('foo', [upstream.url])]);
  const answer = await fetch(`${router.base}/mcp/foo`);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe(
    'Bearer resource_metadata="http://x/.well-known"',
  );
  expect(answer.headers.get('mcp-session-id')).toBe('abc');
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test.each([
  ['/mcp/', '/mcp/foo/mcp/'],
  ['TARGET/mcp/?a=1', '/mcp/foo/mcp/?a=1'],
  ['https://login.example/x', 'https://login.example/x'],
  ['sibling', 'sibling'],
])('a redirect to %s leads the client to %s', async (location, expected) => {
  const upstream = await serveUpstream((request, response) => {
    const host = `http://${request.headers.host ?? ''}`;
    response.writeHead(307, { location: location.replace('TARGET', host) }).end();
  });
  const router = await openTestRouter([routeTo('foo', [upstream.url])]);
  const answer = await fetch(`${router.base}/mcp/foo`, { redirect: 'manual' });
  expect(answer.headers.get('location')).toBe(expected);
});
