import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openTokenAuthenticator } from '../../../src/adapters/tokens/authenticator.ts';
import { openTokenFile } from '../../../src/adapters/tokens/token-file.ts';
import { createApp } from '../../../src/http/app.ts';
import { listenOnSocket } from '../../../src/http/socket.ts';
import type { Route, RouteAuth } from '../../../src/model/route.ts';
import type { Log } from '../../../src/ports.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { createFakeControl } from '../../http/fake-control.ts';
import { openTestRouter, routeTo } from './open-test-router.ts';
import { serveMirror, serveUpstream } from '../../helpers/serve-upstream.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const READ: RouteAuth = { role: 'read' };

/** A manager's socket, with real tokens behind it, and a way to take it away. */
async function serveManager() {
  const folder = await createTempFolder();
  const path = join(folder, 'tokens.json');
  const socket = join(folder, 'api.sock');
  const tokens = openTokenFile({ path, clock: Date.now });
  const authenticator = openTokenAuthenticator({
    path,
    mayBeAbsent: true,
    clock: Date.now,
    log: quiet,
  });
  const routeAuth = { authenticator, baseUrl: 'http://127.0.0.1:7999' };
  const app = createApp({ control: createFakeControl(), log: quiet, version: '1', routeAuth });
  await listenOnSocket(app, socket);
  onTestFinished(() => app.close());
  return { socket, tokens, end: () => app.close() };
}

function guarded(slug: string, url: string, auth: RouteAuth): Route {
  return { ...routeTo(slug, [url]), auth };
}

function call(url: string, token?: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, {
    ...init,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
}

test('a route that asks for a token opens to one that is enough, and the server never sees it', async () => {
  const manager = await serveManager();
  const mirror = await serveMirror();
  const routes = [guarded('echo', mirror.url, { role: 'write' }), routeTo('free', [mirror.url])];
  const router = await openTestRouter(routes, undefined, { managerSocket: manager.socket });
  const writer = (await manager.tokens.create({ name: 'w', role: 'write' })).token;
  const reader = (await manager.tokens.create({ name: 'r', role: 'read' })).token;

  const refused = await call(`${router.base}/mcp/echo`);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="mcp-manager"');
  expect((await call(`${router.base}/mcp/echo/deep`, 'mcpm_000000000000_x')).status).toBe(401);
  const lacking = await call(`${router.base}/mcp/echo`, reader);
  expect(lacking.status).toBe(403);
  expect(lacking.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  const opened = await call(`${router.base}/mcp/echo`, writer);
  expect(opened.status).toBe(200);
  expect(JSON.stringify(await opened.json())).not.toContain('authorization');

  // What a client brings for a server of its own passes where nothing is asked.
  const free = await call(`${router.base}/mcp/free`, 'own');
  expect(await free.json()).toMatchObject({ headers: { authorization: 'Bearer own' } });
});

test('at its plain name a route asks for a token as well', async () => {
  const manager = await serveManager();
  const mirror = await serveMirror();
  const route = { ...guarded('echo-1a2b3c4d', mirror.url, READ), plainName: 'echo' };
  const router = await openTestRouter([route], undefined, { managerSocket: manager.socket });
  const { token } = await manager.tokens.create({ name: 'r', role: 'read' });

  expect((await call(`${router.base}/mcp/echo`)).status).toBe(401);
  expect((await call(`${router.base}/mcp/echo/deep`)).status).toBe(401);
  expect((await call(`${router.base}/mcp/echo`, token)).status).toBe(200);
});

test('a server that is to get the token gets it', async () => {
  const manager = await serveManager();
  const mirror = await serveMirror();
  const route = guarded('echo', mirror.url, { ...READ, passToken: true });
  const router = await openTestRouter([route], undefined, { managerSocket: manager.socket });
  const { token } = await manager.tokens.create({ name: 'r', role: 'read' });
  const answer = await call(`${router.base}/mcp/echo`, token);
  expect(await answer.json()).toMatchObject({ headers: { authorization: `Bearer ${token}` } });
});

test('a token that was revoked opens nothing any more', async () => {
  const manager = await serveManager();
  const mirror = await serveMirror();
  const route = guarded('echo', mirror.url, READ);
  const router = await openTestRouter([route], undefined, { managerSocket: manager.socket });
  const { id, token } = await manager.tokens.create({ name: 'r', role: 'read' });
  expect((await call(`${router.base}/mcp/echo`, token)).status).toBe(200);
  await manager.tokens.revoke(id);
  await eventually(async () => {
    expect((await call(`${router.base}/mcp/echo`, token)).status).toBe(401);
  });
});

test('while the manager is away such a route is closed, and the others go on', async () => {
  const manager = await serveManager();
  const mirror = await serveMirror();
  const routes = [guarded('echo', mirror.url, READ), routeTo('free', [mirror.url])];
  const router = await openTestRouter(routes, undefined, { managerSocket: manager.socket });
  const { token } = await manager.tokens.create({ name: 'r', role: 'read' });
  expect((await call(`${router.base}/mcp/echo`, token)).status).toBe(200);
  await manager.end();
  await eventually(async () => {
    const closed = await call(`${router.base}/mcp/echo`, token);
    expect(closed.status).toBe(503);
    expect(await closed.json()).toMatchObject({ error: 'auth_unavailable' });
  });
  expect((await call(`${router.base}/mcp/free`)).status).toBe(200);
});

const ANSWERS: Readonly<Record<string, RequestListener>> = {
  'another status': (_request, response) => void response.writeHead(204).end(),
  'a redirect': (_request, response) => void response.writeHead(302, { location: '/' }).end(),
  'no JSON': (_request, response) => void response.end('yes'),
  'too much': (_request, response) => void response.end(JSON.stringify(' '.repeat(100_000))),
  'half an answer': (_request, response) => {
    response.writeHead(200, { 'content-length': 9 }).write('{');
    setTimeout(() => response.destroy(), 10);
  },
};

test.each(Object.entries(ANSWERS))('%s is no yes', async (_what, listener) => {
  const socket = join(await createTempFolder(), 'api.sock');
  const server = createServer(listener).listen(socket);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const mirror = await serveMirror();
  const router = await openTestRouter([guarded('echo', mirror.url, READ)], undefined, {
    managerSocket: socket,
  });
  expect((await call(`${router.base}/mcp/echo`, 'x')).status).toBe(503);
});

test('without a way to the manager such a route is closed', async () => {
  const mirror = await serveMirror();
  const router = await openTestRouter([guarded('echo', mirror.url, READ)]);
  expect((await call(`${router.base}/mcp/echo`, 'x')).status).toBe(503);
});

test('a stream ends when its token expires, or is revoked', { timeout: 30_000 }, async () => {
  const manager = await serveManager();
  const endless = await serveUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
  });
  const route = guarded('echo', endless.url, READ);
  const router = await openTestRouter([route], undefined, { managerSocket: manager.socket });
  const revoked = await manager.tokens.create({ name: 'revoked', role: 'read' });
  const stays = await manager.tokens.create({ name: 'stays', role: 'read' });
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  // Last: what is done with it before it ends is one check of one token.
  const ending = await manager.tokens.create({
    name: 'ends',
    role: 'read',
    expiresAtMs: Date.now() + 5_000,
  });
  const streams = await Promise.all(
    [ending, revoked, stays].map(({ token }) =>
      call(`${router.base}/mcp/echo`, token, { signal: stop.signal }),
    ),
  );
  expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
  const [first, second, third] = streams.map((stream) => stream.text());
  third?.catch(() => undefined);
  await expect(first).rejects.toThrow('terminated');
  await manager.tokens.revoke(revoked.id);
  await expect(second).rejects.toThrow('terminated');
  await manager.end();
  await eventually(async () => {
    expect((await call(`${router.base}/mcp/echo`, 'x')).status).toBe(503);
  });
  expect((await router.status()).inFlight).toEqual({ 'echo-1': 1 });
});

test('who leaves while the manager is asked is counted nowhere, and no server hears of it', async () => {
  const socket = join(await createTempFolder(), 'api.sock');
  const asked = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => asked.resolve(response)).listen(socket);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const heard: string[] = [];
  const upstream = await serveUpstream(({ url }, response) => {
    heard.push(url ?? '');
    response.end();
  });
  const routes = [guarded('echo', upstream.url, READ), routeTo('free', [upstream.url])];
  const router = await openTestRouter(routes, undefined, { managerSocket: socket });
  const client = connect(Number(new URL(router.base).port), '127.0.0.1');
  client.write('GET /mcp/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer x\r\n\r\n');
  const answer = await asked.promise;
  client.resetAndDestroy();
  // Until the router knows, which serves in this process.
  await once(client, 'close');
  expect((await call(`${router.base}/mcp/free`)).status).toBe(200);
  answer.end('{}');
  await once(answer, 'close');
  expect((await call(`${router.base}/mcp/free`)).status).toBe(200);
  expect((await router.status()).inFlight).toEqual({});
  expect(heard).toEqual(['/mcp', '/mcp']);
});
