import { once } from 'node:events';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openTestRouter, routeTo } from './open-test-router.ts';
import { serveMirror, serveUpstream } from '../../helpers/serve-upstream.ts';

/** Port 9 is nobody's: what asks there is refused at once. */
const NOBODY = 'http://127.0.0.1:9';

async function openBeforeApi() {
  const [api, service] = [await serveMirror('api'), await serveMirror('service')];
  const routes = [routeTo('foo', [service.url])];
  return openTestRouter(routes, undefined, { apiUrl: api.url });
}

test.each([
  ['/api/mcp/v1/services?a=1&b=%2F', '/v1/services?a=1&b=%2F'],
  ['/api/mcp/', '/'],
  ['/api/mcp', '/'],
  ['/api/mcp?a=1', '/?a=1'],
  ['/containers/validate', '/containers/validate'],
  ['/health', '/health'],
  ['/', '/'],
  ['/api/mcpx/y', '/api/mcpx/y'],
])("%s reaches the manager's API as %s", async (path, seen) => {
  const router = await openBeforeApi();
  const answer = await fetch(`${router.base}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer abc', 'content-type': 'application/json' },
    body: '{}',
  });
  expect(await answer.json()).toMatchObject({
    name: 'api',
    method: 'POST',
    url: seen,
    headers: {
      authorization: 'Bearer abc',
      host: new URL(router.base).host,
      'x-forwarded-for': '127.0.0.1',
    },
  });
});

test('who calls by a name that is none of this machine is refused, unless it was configured', async () => {
  const api = await serveMirror('api');
  const more = { apiUrl: api.url, hostNames: ['mcp.example.org'] };
  const router = await openTestRouter([routeTo('foo', [api.url])], undefined, more);
  const ask = async (path: string, host: string) => {
    const outgoing = sendRequest(`${router.base}${path}`, { headers: { host } }).end();
    const [answer]: IncomingMessage[] = await once(outgoing, 'response');
    return { status: answer?.statusCode, body: answer && (await json(answer)) };
  };

  for (const path of [
    '/mcp/foo',
    '/api/mcp/health',
    '/.well-known/oauth-protected-resource/mcp/foo',
  ])
    expect(await ask(path, 'evil.example.org:7999'), path).toEqual({
      status: 403,
      body: {
        error: 'host_refused',
        message: 'This is not "evil.example.org"; the operator can name it in ALLOWED_HOSTS.',
      },
    });
  expect(await ask('/mcp/foo', 'MCP.example.org:443')).toMatchObject({ status: 200 });
});

test("what lies below the services' own prefix is never the API's", async () => {
  const router = await openBeforeApi();
  const served = await fetch(`${router.base}/mcp/foo/api/mcp`);
  expect(await served.json()).toMatchObject({ name: 'service', url: '/api/mcp' });
  for (const path of ['/mcp/nobody', '/mcp', '/mcp/']) {
    expect((await fetch(`${router.base}${path}`)).status, path).toBe(404);
  }
});

test('a redirect of the API stays below the prefix by which it was asked', async () => {
  const api = await serveUpstream((_request, response) => {
    response.writeHead(303, { location: '/v1/plans/1' }).end();
  });
  const router = await openTestRouter([], undefined, { apiUrl: api.url });
  const locationOf = async (path: string): Promise<string | null> =>
    (await fetch(`${router.base}${path}`, { redirect: 'manual' })).headers.get('location');
  expect(await locationOf('/api/mcp/v1/plan')).toBe('/api/mcp/v1/plans/1');
  expect(await locationOf('/v1/plan')).toBe('/v1/plans/1');
});

test('while the API is away that is told, and services are served', async () => {
  const service = await serveMirror();
  const routes = [routeTo('foo', [service.url])];
  const router = await openTestRouter(routes, undefined, { apiUrl: NOBODY });
  const answer = await fetch(`${router.base}/api/mcp/health`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({
    error: 'upstream_unavailable',
    message: "The manager's API does not answer.",
  });
  expect((await fetch(`${router.base}/mcp/foo`)).status).toBe(200);
});
