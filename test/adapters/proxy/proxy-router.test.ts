import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openProxyRouter } from '../../../src/adapters/proxy/proxy-router.ts';
import { parseRoutes } from '../../../src/model/router-program.ts';
import type { Route } from '../../../src/model/route.ts';
import type { Log, Router } from '../../../src/ports.ts';
import { askStatus } from '../../../src/adapters/proxy/ask-status.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const HOLDER = fileURLToPath(new URL('./hold-router-open.ts', import.meta.url));

test('a route is served when its call resolves, and gone when its removal does', async () => {
  const { router, route } = await openWithService();
  expect(router.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:2\d{4}$/);
  await router.route(route, signal());
  expect(await bodyAt(router, '/mcp/echo')).toBe('hello from /here');
  expect(router.observe()).toEqual({ ok: true, routes: [route] });
  await router.route({ ...route, path: '/there' }, signal());
  expect(await bodyAt(router, '/mcp/echo')).toBe('hello from /there');
  await router.unroute('echo', signal());
  expect((await fetch(`${router.baseUrl}/mcp/echo`)).status).toBe(404);
  expect(router.observe()).toEqual({ ok: true, routes: [] });
  await router.unroute('echo', signal());
});

test('a thousand routes set at once are all served', async () => {
  const { router, route } = await openWithService();
  const slugs = Array.from({ length: 1_000 }, (_, index) => `echo-${String(index)}`);
  await Promise.all(slugs.map((slug) => router.route({ ...route, slug }, signal())));
  expect(await bodyAt(router, '/mcp/echo-0')).toBe('hello from /here');
  expect(await bodyAt(router, '/mcp/echo-999')).toBe('hello from /here');
});

test('a killed router comes back on the same port with the same routes', async () => {
  const { router, route, stateFolder } = await openWithService();
  await router.route(route, signal());
  const pid = await pidOf(stateFolder);
  process.kill(pid, 'SIGKILL');
  await eventually(() =>
    expect(router.observe()).toEqual({
      ok: false,
      cause: 'the router is down: exit SIGKILL',
    }),
  );
  // Waits for the restart.
  await router.route(route, signal());
  expect(await bodyAt(router, '/mcp/echo')).toBe('hello from /here');
  expect(await pidOf(stateFolder)).not.toBe(pid);
  expect(router.observe()).toEqual({ ok: true, routes: [route] });
});

test('port and routes are the same after the manager came back', async () => {
  const { router, route, stateFolder } = await openWithService();
  await router.route(route, signal());
  await router.close();
  await expect(fetch(router.baseUrl)).rejects.toThrow('fetch failed');
  const again = await open(stateFolder);
  expect(again.baseUrl).toBe(router.baseUrl);
  expect(again.observe()).toEqual({ ok: true, routes: [route] });
  expect(await bodyAt(again, '/mcp/echo')).toBe('hello from /here');
});

test('a manager that is killed leaves no router behind, and the next takes its place', async () => {
  const stateFolder = await createTempFolder();
  const manager = spawn(process.execPath, [HOLDER, stateFolder], { stdio: 'pipe' });
  onTestFinished(() => void manager.kill('SIGKILL'));
  const [baseUrl] = await once(createInterface({ input: manager.stdout }), 'line');
  const pid = await pidOf(stateFolder);
  manager.kill('SIGKILL');
  const next = await open(stateFolder);
  expect(next.baseUrl).toBe(String(baseUrl));
  expect(next.observe()).toEqual({ ok: true, routes: [] });
  await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 1_000);
});

test('a port held by another program is told, never left, and taken when it is free', async () => {
  const { url, server } = await serve();
  const stateFolder = await createTempFolder();
  const port = Number(new URL(url).port);
  const router = await open(stateFolder, port);
  const cause = `router: 127.0.0.1:${String(port)} is taken by another program`;
  expect(router.observe()).toEqual({ ok: false, cause });
  const route = routeTo(url);
  await expect(router.route(route, signal())).rejects.toMatchObject({
    code: 'ROUTER_PORT_TAKEN',
    message: cause,
  });
  server.closeAllConnections();
  server.close();
  await eventually(() => expect(router.observe()).toEqual({ ok: true, routes: [route] }));
});

test('a broken routes file is made anew', async () => {
  const stateFolder = await createTempFolder();
  const first = await open(stateFolder);
  await first.close();
  await writeFile(join(stateFolder, 'router', 'routes.json'), '{"half":');
  const router = await open(stateFolder);
  expect(router.observe()).toEqual({ ok: true, routes: [] });
  expect(parseRoutes(await readFile(join(stateFolder, 'router', 'routes.json'), 'utf8'))).toEqual(
    [],
  );
});

test('a router that hangs is told within the bound of the call', async () => {
  const { router, route, stateFolder } = await openWithService();
  const pid = await pidOf(stateFolder);
  process.kill(pid, 'SIGSTOP');
  onTestFinished(() => void process.kill(pid, 'SIGCONT'));
  const patience = AbortSignal.timeout(200);
  await expect(router.route(route, patience)).rejects.toThrow('aborted due to timeout');
});

test('closing ends open streams within its bound and leaves no file that is not needed', async () => {
  const { url } = await serve();
  const stateFolder = await createTempFolder();
  const router = await open(stateFolder);
  await router.route(routeTo(url), signal());
  const address = new URL(router.baseUrl);
  const client = connect(Number(address.port), address.hostname);
  onTestFinished(() => void client.destroy());
  client.write('GET /mcp/echo/stream HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(client, 'data');
  const closed = once(client, 'close');
  await router.close();
  await closed;
  expect((await readdir(join(stateFolder, 'router'))).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
    ['port', 'routes.json'],
  );
});

test('a public base is told as it is given', async () => {
  const stateFolder = await createTempFolder();
  const router = await openProxyRouter({
    stateFolder,
    host: '127.0.0.1',
    port: 0,
    publicBaseUrl: 'https://mcp.example.org/',
    log: quietLog(),
  });
  onTestFinished(() => router.close());
  expect(router.baseUrl).toBe('https://mcp.example.org');
});

interface Opened {
  readonly router: Router;
  readonly route: Route;
  readonly stateFolder: string;
}

async function openWithService(): Promise<Opened> {
  const { url } = await serve();
  const stateFolder = await createTempFolder();
  return { router: await open(stateFolder), route: routeTo(url), stateFolder };
}

async function open(stateFolder: string, port = 0): Promise<Router> {
  const router = await openProxyRouter({ stateFolder, host: '127.0.0.1', port, log: quietLog() });
  onTestFinished(() => router.close());
  return router;
}

function routeTo(url: string): Route {
  return {
    slug: 'echo',
    service: 'echo',
    path: '/here',
    targets: [{ instance: 'mcp-echo-1', url }],
  };
}

async function serve(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    if (request.url === '/stream') response.write('endless');
    else response.end(`hello from ${request.url ?? ''}`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${String(address.port)}`, server };
}

async function bodyAt(router: Router, path: string): Promise<string> {
  return (await fetch(`${router.baseUrl}${path}`)).text();
}

async function pidOf(stateFolder: string): Promise<number> {
  const status = await askStatus(join(stateFolder, 'router', 'control.sock'));
  if (status === undefined) throw new Error('no router answers');
  return status.pid;
}

function signal(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

function quietLog(): Log {
  return { debug: ignore, info: ignore, warn: ignore, error: ignore };
}

function ignore(): void {}
