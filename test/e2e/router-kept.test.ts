import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { askStatus } from '../../src/adapters/proxy/ask-status.ts';
import { endKeptRouter } from '../../src/adapters/proxy/proxy-router.ts';
import { findProcess, identifyProcess } from '../../src/process-identity.ts';
import type { Router } from '../../src/ports.ts';
import { callWithoutPause } from '../helpers/call-without-pause.ts';
import { findFreePort } from '../helpers/free-port.ts';
import { eventually } from '../helpers/eventually.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import {
  bodyAt,
  openKeptProxy,
  openTestProxy,
  pidOf,
  routeTo,
  serve,
  signal,
} from '../adapters/proxy/open-test-proxy.ts';

const HOLDER = fileURLToPath(new URL('../adapters/proxy/hold-router-open.ts', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../src/programs/router/main.ts', import.meta.url));

test('a kept router answers every request while managers come and go', async () => {
  const { stateFolder, router } = await openKeptWithEcho();
  const pid = await pidOf(stateFolder);
  const caller = callWithoutPause(() => callRouter(router));
  await router.close();
  await caller.hasMore();
  const next = await openKeptProxy(stateFolder);
  expect(next.observe()).toEqual(router.observe());
  await next.close();
  await openKeptProxy(stateFolder);
  await caller.hasMore();
  expect(await caller.stop()).toEqual([]);
  expect(await pidOf(stateFolder)).toBe(pid);
});

test('a kept router outlives a manager that is killed, and says so to nobody', async () => {
  const stateFolder = await createTempFolder();
  const manager = spawn(process.execPath, [HOLDER, stateFolder, '--keep'], { stdio: 'pipe' });
  onTestFinished(() => void manager.kill('SIGKILL'));
  onTestFinished(async () => void (await endKeptRouter(stateFolder)));
  const [baseUrl] = await once(createInterface({ input: manager.stdout }), 'line');
  const pid = await pidOf(stateFolder);
  manager.kill('SIGKILL');
  await once(manager, 'close');
  // What it has to say now goes into a broken pipe.
  await writeFile(join(stateFolder, 'router', 'routes.json'), '{"half":');
  expect(await pidOf(stateFolder)).toBe(pid);
  const next = await openKeptProxy(stateFolder);
  expect(next.baseUrl).toBe(String(baseUrl));
  expect(await pidOf(stateFolder)).toBe(pid);
  const { url } = await serve();
  await next.route(routeTo(url), signal());
  expect(await bodyAt(next, '/mcp/echo')).toBe('hello from /here');
});

test('a kept router that was taken over and dies is started again', async () => {
  const { stateFolder, router } = await openKeptWithEcho();
  await router.close();
  const next = await openKeptProxy(stateFolder);
  const pid = await pidOf(stateFolder);
  process.kill(pid, 'SIGKILL');
  await eventually(() =>
    expect(next.observe()).toEqual({ ok: false, cause: 'the router is down: it is gone' }),
  );
  await eventually(async () => expect(await bodyAt(next, '/mcp/echo')).toBe('hello from /here'));
  // The port is opened a moment before the socket by which it is asked.
  await eventually(async () => expect(await pidOf(stateFolder)).not.toBe(pid));
});

test('a router of another version is replaced on the same port, open streams or not', async () => {
  const port = await findFreePort();
  const { stateFolder, router } = await openKeptWithEcho(port);
  await router.close();
  await endKeptRouter(stateFolder);
  const old = await startOtherVersion(stateFolder, port);
  const stream = connect(port, '127.0.0.1');
  onTestFinished(() => void stream.destroy());
  stream.write('GET /mcp/echo/stream HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(stream, 'data');
  const next = await openKeptProxy(stateFolder, port);
  expect(await bodyAt(next, '/mcp/echo')).toBe('hello from /here');
  expect(await pidOf(stateFolder)).not.toBe(old);
  await eventually(() => expect(identifyProcess(old)).toBeUndefined());
});

test('a router whose port was changed is replaced, and the old port is free', async () => {
  const { stateFolder, router } = await openKeptWithEcho(await findFreePort());
  await router.close();
  const next = await openKeptProxy(stateFolder, await findFreePort());
  expect(await bodyAt(next, '/mcp/echo')).toBe('hello from /here');
  await expect(fetch(router.baseUrl)).rejects.toThrow('fetch failed');
});

test('a kept router that hangs is ended by force and replaced', async () => {
  const { stateFolder, router } = await openKeptWithEcho();
  await router.close();
  const pid = await pidOf(stateFolder);
  process.kill(pid, 'SIGSTOP');
  const next = await openKeptProxy(stateFolder);
  expect(next.observe()).toMatchObject({ ok: true });
  expect(await bodyAt(next, '/mcp/echo')).toBe('hello from /here');
  expect(identifyProcess(pid)).toBeUndefined();
});

test('a kept router whose state folder is deleted ends by itself and frees its port', async () => {
  const { stateFolder, router } = await openKeptWithEcho();
  await router.close();
  const pid = await pidOf(stateFolder);
  await rm(stateFolder, { recursive: true });
  await eventually(() => expect(identifyProcess(pid)).toBeUndefined(), 20_000);
  await expect(fetch(router.baseUrl)).rejects.toThrow('fetch failed');
});

test('a router whose state folder is deleted under its manager serves the same again', async () => {
  const { stateFolder, router } = await openKeptWithEcho();
  const pid = await pidOf(stateFolder);
  await rm(stateFolder, { recursive: true });
  await eventually(async () => expect(await pidOf(stateFolder)).not.toBe(pid), 20_000);
  expect(await bodyAt(router, '/mcp/echo')).toBe('hello from /here');
});

test('a process that got the pid of a router that is gone is left alone', async () => {
  const stateFolder = await createTempFolder();
  const first = await openKeptProxy(stateFolder);
  await first.close();
  await endKeptRouter(stateFolder);
  const bystander = spawn('sleep', ['60']);
  onTestFinished(() => void bystander.kill('SIGKILL'));
  const identity = identifyProcess(bystander.pid ?? 0);
  const record = join(stateFolder, 'router', 'process.json');
  await writeFile(record, JSON.stringify({ ...identity, startTicks: '1' }));
  await openKeptProxy(stateFolder);
  expect(await endKeptRouter(stateFolder)).toBe(true);
  expect(identity && findProcess(identity)).toBe('alive');
});

test('a manager whose router ends with it ends the one that was kept before', async () => {
  const { stateFolder, router } = await openKeptWithEcho();
  await router.close();
  const pid = await pidOf(stateFolder);
  const next = await openTestProxy(stateFolder);
  expect(await bodyAt(next, '/mcp/echo')).toBe('hello from /here');
  expect(await pidOf(stateFolder)).not.toBe(pid);
  await next.close();
  expect(await endKeptRouter(stateFolder)).toBe(false);
});

async function openKeptWithEcho(
  port = 0,
): Promise<{ readonly stateFolder: string; readonly router: Router }> {
  const { url } = await serve();
  const stateFolder = await createTempFolder();
  const router = await openKeptProxy(stateFolder, port);
  await router.route(routeTo(url), signal());
  return { stateFolder, router };
}

/** As a manager of another version would have left it running. Answers its process id. */
async function startOtherVersion(stateFolder: string, port: number): Promise<number> {
  const routes = join(stateFolder, 'router', 'routes.json');
  const control = join(stateFolder, 'router.sock');
  const where = ['--routes', routes, '--control', control, '--port', String(port)];
  const more = ['--keep', '--fingerprint', 'other'];
  const child = spawn(process.execPath, [PROGRAM, ...where, ...more], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await eventually(async () => expect(await askStatus(control)).toBeDefined());
  return child.pid ?? 0;
}

/** Over a connection of its own; answers the status unless it is 200. */
async function callRouter({ baseUrl }: Router): Promise<string | undefined> {
  const response = await fetch(`${baseUrl}/mcp/echo`, { headers: { connection: 'close' } });
  await response.text();
  return response.status === 200 ? undefined : String(response.status);
}
