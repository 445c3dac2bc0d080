import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { ask, openTestRemote, orderOf } from './open-test-remote.ts';
import { openTestRouter } from './open-test-router.ts';
import { serveMirror, serveUpstream } from '../../helpers/serve-upstream.ts';

/** What the server at the other end saw. */
async function seenBy(url: string, headers: Record<string, string> = {}) {
  const { body } = await ask(url, { path: '/mcp', headers });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own mirror answers
  return JSON.parse(body) as { url: string; headers: Record<string, string> };
}

test('a request carries the headers of the document in place of the client’s, and its own host', async () => {
  const mirror = await serveMirror();
  const headers = { authorization: 'Bearer planted', 'x-team': 'search' };
  const { url } = await openTestRemote(`${mirror.url}/mcp`, { headers });
  const sent = {
    Authorization: 'Bearer of-the-client',
    'X-Team': 'other',
    'Mcp-Session-Id': 's1',
    'MCP-Protocol-Version': '2025-11-25',
    Accept: 'text/event-stream',
    'Last-Event-ID': '7',
    Origin: 'http://localhost:6274',
  };
  expect((await seenBy(url, sent)).headers).toEqual({
    ...headers,
    accept: 'text/event-stream',
    connection: 'keep-alive',
    host: new URL(mirror.url).host,
    'last-event-id': '7',
    'mcp-protocol-version': '2025-11-25',
    'mcp-session-id': 's1',
    origin: 'http://localhost:6274',
  });
});

test.each(['https://page.test', 'null', 'http://localhost.page.test'])(
  'a page of %s uses no server with the credentials of its document, and learns nothing of it',
  async (origin) => {
    let asked = 0;
    const upstream = await serveUpstream((_request, response) => {
      asked += 1;
      response.setHeader('access-control-allow-origin', '*').end('{}');
    });
    const { url } = await openTestRemote(`${upstream.url}/mcp`, { headers: { a: 'secret' } });
    const refused = await ask(url, { path: '/mcp', headers: { Origin: origin } });
    expect([refused.status, asked]).toEqual([403, 0]);
    const own = await ask(url, { path: '/mcp', headers: { Origin: 'http://127.0.0.1:6274' } });
    expect([own.status, own.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  },
);

test('nothing of the connection, of the client’s other business or of proxies before reaches it', async () => {
  const mirror = await serveMirror();
  const { url } = await openTestRemote(`${mirror.url}/mcp`);
  const { headers } = await seenBy(url, {
    Connection: 'close, X-Hop',
    'X-Hop': '1',
    'Keep-Alive': 'timeout=1',
    TE: 'trailers',
    'Proxy-Authorization': 'Basic x',
    Cookie: 'session=1',
    Forwarded: 'for=10.0.0.1',
    'X-Forwarded-For': '10.0.0.1',
    'X-Forwarded-Prefix': '/mcp/far',
    'X-Real-Ip': '10.0.0.1',
  });
  expect(Object.keys(headers).toSorted()).toEqual(['connection', 'host']);
});

test('the client’s own credentials go on only where the document sets no header at all', async () => {
  const mirror = await serveMirror();
  const client = { Authorization: 'Bearer of-the-client' };
  const bare = await openTestRemote(`${mirror.url}/mcp`);
  expect((await seenBy(bare.url, client)).headers['authorization']).toBe('Bearer of-the-client');
  const set = await openTestRemote(`${mirror.url}/mcp`, { headers: { 'x-key': 'k' } });
  expect((await seenBy(set.url, client)).headers['authorization']).toBeUndefined();
});

test('an answer sets no cookie and nothing that would hold for every service here', async () => {
  const { url: upstream } = await serveUpstream((_request, response) => {
    response.setHeader('set-cookie', 'a=b');
    response.setHeader('strict-transport-security', 'max-age=1');
    response.setHeader('alt-svc', 'h3=":443"');
    response.setHeader('mcp-session-id', 's1');
    response.setHeader('www-authenticate', 'Bearer');
    response.writeHead(401).end('no');
  });
  const { url } = await openTestRemote(`${upstream}/mcp`);
  const { status, headers, body } = await ask(url, { path: '/mcp' });
  expect([status, body]).toEqual([401, 'no']);
  expect(headers).toMatchObject({ 'mcp-session-id': 's1', 'www-authenticate': 'Bearer' });
  expect(Object.keys(headers)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/cookie|strict|alt-svc/)]),
  );
});

describe('of its paths', () => {
  test.each([
    ['/mcp', '/mcp?own=1'],
    ['/mcp?a=b', '/mcp?own=1&a=b'],
    ['/mcp/', '/mcp/'],
    ['/mcp/more?a=b', '/mcp/more?a=b'],
  ])('%s is asked for as %s', async (path, asked) => {
    const mirror = await serveMirror();
    const { url } = await openTestRemote(`${mirror.url}/mcp?own=1`);
    expect(JSON.parse((await ask(url, { path })).body)).toMatchObject({ url: asked });
  });

  test.each([
    '',
    '/',
    '/other',
    '/mcpx',
    '/mcp/../other',
    '/mcp/%2e%2e/other',
    '/mcp/.%2E/other',
    '/mcp/..%2fother',
    '/mcp/..%5cother',
    '/mcp/..\\other',
    '//other',
  ])('%j is not served', async (path) => {
    const mirror = await serveMirror();
    const { url } = await openTestRemote(`${mirror.url}/mcp`);
    expect((await ask(url, { path })).status).toBe(404);
  });
});

test('a redirect is not followed; one within the server stays at the instance', async () => {
  const targets = ['/mcp/', 'https://other.test/mcp', 'http://169.254.169.254/'];
  let count = 0;
  const { url: upstream } = await serveUpstream((_request, response) => {
    response.writeHead(307, { location: targets[count] }).end();
    count += 1;
  });
  const { url } = await openTestRemote(`${upstream}/mcp`);
  const located = [];
  for (const _ of targets) located.push((await ask(url, { path: '/mcp' })).headers.location);
  // Nor is one told that leads elsewhere: it could lead to another service here.
  expect(located).toEqual([`${new URL(url).pathname}/mcp/`, undefined, undefined]);
  expect(count).toBe(3);
});

test('through a route the public path reaches it, and redirects stay below that', async () => {
  const { url: upstream } = await serveUpstream((request, response) => {
    if (request.url === '/mcp/') response.end('there');
    else response.writeHead(307, { location: '/mcp/' }).end();
  });
  const { router, url } = await openTestRemote(`${upstream}/mcp`);
  await router.put([
    { slug: 'far', service: 'far', path: '/mcp', targets: [{ instance: 'far-1', url }] },
  ]);
  const answer = await fetch(`${router.base}/mcp/far`, { redirect: 'manual' });
  expect(answer.headers.get('location')).toBe('/mcp/far/mcp/');
  expect(await (await fetch(`${router.base}/mcp/far`)).text()).toBe('there');
});

test('an event stream passes event by event and ends at the server when its client goes', async () => {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  const upstream = await serveUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    resolve(response);
  });
  const { url } = await openTestRemote(`${upstream.url}/mcp`);
  const client = new AbortController();
  const answer = await fetch(`${url}/mcp`, { signal: client.signal });
  const events = answer.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const source = await promise;
  for (const event of ['data: one\n\n', 'data: two\n\n']) {
    source.write(event);
    expect(await events.next()).toMatchObject({ value: event });
  }
  client.abort();
  await eventually(() => expect(source.destroyed).toBe(true));
});

test('a server that breaks off ends the client’s stream as broken', async () => {
  const upstream = await serveUpstream((_request, response) => {
    response.write('half');
    setImmediate(() => response.socket?.destroy());
  });
  const { url } = await openTestRemote(`${upstream.url}/mcp`);
  await expect((await fetch(`${url}/mcp`)).text()).rejects.toThrow('terminated');
});

describe('an instance', () => {
  test('that is not started, stopped or removed takes no requests, and is told without its headers', async () => {
    const mirror = await serveMirror();
    const router = await openTestRouter([]);
    const headers = { authorization: 'planted' };
    const order = orderOf(`${mirror.url}/mcp`, { headers, allowed: ['127.0.0.1'] });
    const { name } = order;
    const { id } = await router.command({ kind: 'create', order });
    expect(await router.command({ kind: 'create', order })).toEqual({ id });
    expect(await router.remotes()).toMatchObject([{ id, name, state: 'created' }]);
    await router.command({ kind: 'start', name });
    const [{ url = '' } = {}] = await router.remotes();
    expect((await ask(url, { path: '/mcp' })).status).toBe(200);
    expect(JSON.stringify(await router.remotes())).not.toContain('planted');
    await router.command({ kind: 'stop', name, graceMs: 0 });
    expect(await router.remotes()).toMatchObject([{ state: 'exited' }]);
    expect((await ask(url, { path: '/mcp' })).status).toBe(503);
    expect(await router.command({ kind: 'remove', name, id: 'another' })).toEqual({});
    expect(await router.command({ kind: 'remove', name })).toEqual({ id });
    expect(await router.remotes()).toEqual([]);
  });

  test('that stops lets what is under way end, and cuts it when the grace is over', async () => {
    const open: ServerResponse[] = [];
    const upstream = await serveUpstream((_request, response) => {
      response.write('begun ');
      open.push(response);
    });
    const { router, url } = await openTestRemote(`${upstream.url}/mcp`);
    const [first, second] = [await fetch(`${url}/mcp`), await fetch(`${url}/mcp`)];
    const [{ name } = { name: '' }] = await router.remotes();
    const stopped = router.command({ kind: 'stop', name, graceMs: 500 });
    await eventually(async () =>
      expect(await router.remotes()).toMatchObject([{ state: 'exited' }]),
    );
    open[0]?.end('ended');
    expect(await first.text()).toBe('begun ended');
    await expect(second.text()).rejects.toThrow('terminated');
    await stopped;
  });
});
