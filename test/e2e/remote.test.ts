import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { askStatus } from '../../src/adapters/proxy/ask-status.ts';
import { filesOf } from '../../src/adapters/proxy/router-files.ts';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess, type Workplace } from '../helpers/manager.ts';
import { type RemoteServer, startRemoteServer } from '../helpers/remote-server.ts';
import { callTool, connectClient } from '../helpers/sdk-client.ts';

const TOKEN = 'planted-token-1';
const CERTIFICATE = join(process.cwd(), 'test/fixtures/tls/mcp.test.cert.pem');

interface Scene {
  readonly place: Workplace;
  readonly server: RemoteServer;
  readonly manager: ManagerProcess;
  readonly url: string;
}

/** A manager with one remote service, at a server that asks for a token. */
async function openScene(more: object = {}): Promise<Scene> {
  const server = await startRemoteServer(TOKEN);
  const place = createWorkplace(onTestFinished);
  place.environment['ALLOWED_REMOTE_ADDRESSES'] = '127.0.0.0/8';
  place.environment['RESYNC_INTERVAL'] = '1s';
  place.writeSecret('token', TOKEN);
  place.declare('fleet.yaml', { far: remote(server.url, more) });
  const manager = await place.run();
  await manager.until({ far: 'Running' });
  return { place, server, manager, url: await urlOf(manager) };
}

function remote(url: string, more: object = {}): object {
  const headers = {
    Authorization: { secret: 'file:token', prefix: 'Bearer ' },
    'X-Team': 'search',
  };
  return { url, headers, rollout: { stableFor: '0s', drain: '1s' }, ...more };
}

async function urlOf(manager: ManagerProcess): Promise<string> {
  const { services } = await manager.control.status();
  return services[0]?.url ?? '';
}

async function ask(url: string): Promise<string> {
  return askTool(url, 'echo', { message: 'hello' });
}

test('a remote server is served to clients of both eras, with headers that only it gets to see', async () => {
  const { place, server, manager, url } = await openScene();
  for (const era of ['modern', 'legacy'] as const) {
    const client = await connectClient(url, era);
    expect(await callTool(client, 'echo', { message: 'you' })).toBe('far: you');
  }
  expect(server.seen()).toMatchObject({
    authorization: `Bearer ${TOKEN}`,
    'x-team': 'search',
    host: new URL(server.url).host,
  });
  expect(server.seen()).not.toHaveProperty('x-forwarded-for');
  const [status] = (await manager.control.status()).services;
  expect(status).toMatchObject({ runtime: 'remote', remote: server.url, tools: 2 });
  const told = await tellAll(place);
  expect(told).toContain('No changes');
  expect(told).toContain('runs elsewhere: there is no output of it here');
  const processes = place
    .leftovers()
    .map((line) => environOf(line))
    .join('\n');
  const printed = manager.stdout() + manager.stderr();
  expect(told + processes + printed + filesIn(place)).not.toContain(TOKEN);
});

test('its plan shows where it leads and by which secret, and nothing of what runs here', async () => {
  const place = createWorkplace(onTestFinished);
  place.writeSecret('token', TOKEN);
  place.declare('fleet.yaml', { far: remote('https://mcp.example.com/mcp') });
  const { stdout } = await place.cli('plan', '--runtime', 'process');
  expect(stdout).toContain('remote: "https://mcp.example.com/mcp"');
  expect(stdout).toMatch(/headers\.authorization: "?\(secret/);
  expect(stdout).not.toMatch(/resources|port:|user:/);
  expect(stdout).not.toContain(TOKEN);
});

test('a secret that is rotated rolls the service, and the server gets the new one alone', async () => {
  const { place, server, manager, url } = await openScene();
  const [before] = (await manager.control.status()).services;
  server.require('planted-token-2');
  place.writeSecret('token', 'planted-token-2');
  await eventually(async () => {
    const [now] = (await manager.control.status()).services;
    expect(now?.release).not.toBe(before?.release);
    expect(now).toMatchObject({ state: 'Running', revision: before?.revision });
  }, 30_000);
  expect(await ask(url)).toBe('far: hello');
  expect(filesIn(place) + (await tellAll(place))).not.toContain('planted-token');
});

test('it is stopped, started, left alone by an update, and removed, like any other', async () => {
  const { place, server, manager, url } = await openScene();
  await place.cli('stop', 'far');
  await manager.until({ far: 'Stopped' });
  expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  await place.cli('start', 'far');
  await manager.until({ far: 'Running' });
  expect(await ask(url)).toBe('far: hello');
  const update = await place.cli('update', 'far');
  expect(update.code).not.toBe(0);
  expect(update.stderr).toMatch(/NOT_SUPPORTED/);
  place.declare('fleet.yaml', { far: remote(`${server.url}?of=edit`) });
  expect((await place.cli('diff')).code).toBeLessThan(2);
  await eventually(async () => {
    const [now] = (await manager.control.status()).services;
    expect(now).toMatchObject({ state: 'Running', remote: `${server.url}?of=edit` });
  });
  expect(await place.cli('remove', 'far', '--yes')).toMatchObject({ code: 0 });
  await manager.until({ far: 'gone' });
  expect((await fetch(url, { method: 'POST' })).status).toBe(404);
});

test('a router that is killed gets it back, headers and all, by the same loop that heals the rest', async () => {
  const { place, manager, url } = await openScene();
  const { control } = filesOf(place.stateFolder);
  const before = await askStatus(control);
  process.kill(before?.pid ?? 0, 'SIGKILL');
  await eventually(async () => expect(await ask(url)).toBe('far: hello'), 20_000);
  await manager.until({ far: 'Running' });
  expect((await askStatus(control))?.pid).not.toBe(before?.pid);
  expect((await place.cli('events', '--json')).stdout).toContain('create_because_missing');
});

test('a manager that is killed serves it again', async () => {
  const { place, manager, url } = await openScene();
  manager.kill('SIGKILL');
  await manager.exited;
  const next = await place.run();
  await next.until({ far: 'Running' });
  expect(await ask(url)).toBe('far: hello');
});

test('a server that fails is told as that, nothing is restarted for it, and it is back when it answers', async () => {
  const { place, server, manager, url } = await openScene({ verify: { every: '1s' } });
  const [before] = (await manager.control.status()).services;
  server.fail(503);
  await manager.until({ far: 'Degraded' }, 60_000);
  const [ill] = (await manager.control.status()).services;
  expect(ill).toMatchObject({ cause: 'answered 503 Service Unavailable at /mcp', restarts: 0 });
  expect(ill?.startedAtMs).toBe(before?.startedAtMs);
  server.fail(0);
  await manager.until({ far: 'Running' }, 60_000);
  expect(await ask(url)).toBe('far: hello');
  const { stdout } = await place.cli('events', '--json');
  expect(stdout).not.toMatch(/"restart_because|step\.failed/);
});

test('a server that did not answer in time is served all the same once it does', async () => {
  const server = await startRemoteServer(TOKEN);
  server.fail(503);
  const place = createWorkplace(onTestFinished);
  place.environment['ALLOWED_REMOTE_ADDRESSES'] = '127.0.0.0/8';
  place.writeSecret('token', TOKEN);
  place.declare('fleet.yaml', { far: remote(server.url, { rollout: { deadline: '1s' } }) });
  const manager = await place.run();
  await manager.until({ far: 'Failed' });
  server.fail(0);
  await manager.until({ far: 'Running' }, 60_000);
  expect(await ask(await urlOf(manager))).toBe('far: hello');
});

test('credentials that the server does not take are told as that', async () => {
  const { server, manager } = await openScene({ verify: { every: '1s' } });
  server.require('another');
  await manager.until({ far: 'NeedsAuth' }, 60_000);
});

test('where a name leads is checked at the connection: an address that is not public is refused', async () => {
  const server = await startRemoteServer(TOKEN);
  const place = createWorkplace(onTestFinished);
  place.writeSecret('token', TOKEN);
  const { port } = new URL(server.url);
  place.declare('fleet.yaml', {
    far: remote(`http://localhost:${port}/mcp`, { rollout: { deadline: '1s' } }),
  });
  const manager = await place.run();
  await manager.until({ far: 'Failed' });
  const [far] = (await manager.control.status()).services;
  expect(far?.cause).toMatch(/localhost leads to \S+, which is a loopback address and not allowed/);
  expect(server.seen()).toEqual({});
  expect((await fetch(far?.url ?? '', { method: 'POST' })).status).toBe(404);
});

test('over TLS a server is trusted by public authorities, and by those of NODE_EXTRA_CA_CERTS', async () => {
  const server = await startRemoteServer(TOKEN, { tls: true });
  for (const [trusted, state] of [
    ['', 'Failed'],
    [CERTIFICATE, 'Running'],
  ] as const) {
    const place = createWorkplace(onTestFinished);
    place.environment['ALLOWED_REMOTE_ADDRESSES'] = '127.0.0.1';
    place.environment['NODE_EXTRA_CA_CERTS'] = trusted;
    place.writeSecret('token', TOKEN);
    place.declare('fleet.yaml', { far: remote(server.url, { rollout: { deadline: '2s' } }) });
    const manager = await place.run();
    await manager.until({ far: state });
    const [far] = (await manager.control.status()).services;
    if (state === 'Failed') expect(far?.cause).toContain('has no certificate that is trusted');
    await manager.end();
  }
});

/** What every command that looks has to say. */
async function tellAll(place: Workplace): Promise<string> {
  const lines = [
    ['plan'],
    ['plan', '--json'],
    ['status', '--json'],
    ['get', 'far'],
    ['events', '--json'],
    ['history', 'far'],
    ['diff'],
    ['logs', 'far'],
    ['health'],
  ];
  const results = await Promise.all(lines.map((line) => place.cli(...line)));
  return results.map(({ stdout, stderr }) => stdout + stderr).join('\n');
}

/** Everything that was written, but for the secret itself. */
function filesIn(place: Workplace): string {
  return globSync('**/{*,.*}', { cwd: place.folder, exclude: ['**/secrets'] })
    .map((name) => join(place.folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');
}

/** Arguments and environment of a process. */
function environOf(line: string): string {
  const pid = Number.parseInt(line, 10);
  try {
    return line + readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return line;
  }
}
