import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import {
  bodyAt,
  openTestProxy,
  openWithService,
  pidOf,
  routeTo,
  serve,
  signal,
} from '../adapters/proxy/open-test-proxy.ts';

const HOLDER = fileURLToPath(new URL('../adapters/proxy/hold-router-open.ts', import.meta.url));

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

test('a manager that is killed leaves no router behind, and the next takes its place', async () => {
  const stateFolder = await createTempFolder();
  const manager = spawn(process.execPath, [HOLDER, stateFolder], { stdio: 'pipe' });
  onTestFinished(() => void manager.kill('SIGKILL'));
  const [baseUrl] = await once(createInterface({ input: manager.stdout }), 'line');
  const pid = await pidOf(stateFolder);
  manager.kill('SIGKILL');
  const next = await openTestProxy(stateFolder);
  expect(next.baseUrl).toBe(String(baseUrl));
  expect(next.observe()).toEqual({ ok: true, routes: [] });
  await eventually(() => expect(isRunning(pid)).toBe(false));
});

test('a port held by another program is told, never left, and taken when it is free', async () => {
  const { url, server } = await serve();
  const stateFolder = await createTempFolder();
  const port = Number(new URL(url).port);
  const router = await openTestProxy(stateFolder, port);
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
  const router = await openTestProxy(stateFolder);
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
    ['port', 'remotes-port', 'routes.json'],
  );
});

/** A process that has ended may stay a zombie when nobody reaps orphans: it runs no more. */
function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return !stat.includes(') Z ');
  } catch {
    return false;
  }
}
