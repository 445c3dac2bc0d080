import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Instance } from '../../../src/model/instance.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import type { Runtime } from '../../../src/ports.ts';
import { buildImage } from '../../helpers/build-image.ts';
import { startEngine } from '../../helpers/engine.ts';
import { startEngineProxy, type ProxiedRequest } from '../../helpers/engine-proxy.ts';
import { eventually } from '../../helpers/eventually.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createStep } from '../../helpers/services.ts';
import { look, makeService, openPodmanBench, runInside } from './bench.ts';

// The volume with the bridge: filled once, never used half filled, gone when it is old.
const SERVER = fileURLToPath(new URL('../../fixtures/mcp/stdio', import.meta.url));
const IMAGE = 'localhost/mcp-test/stdio:1';
const engine = await startEngine(afterAll);

beforeAll(async () => {
  await buildImage(engine, IMAGE, {
    dockerfile: [`FROM ${PROGRAMS_IMAGE}`, 'COPY stdio /stdio', 'CMD ["node", "/stdio/server.ts"]'],
    files: { stdio: SERVER },
  });
});

test('services that come first at the same time fill it once, and share it', async () => {
  const { bench, proxy } = await openBehindProxy();
  const made = await Promise.all(
    ['one', 'two', 'three'].map((name) => launch(bench, overStdio(name))),
  );
  expect(proxy.requests.filter(isFilling)).toHaveLength(2);
  const mounts = made.map(({ id }) => engine.podman('inspect', '--format', '{{json .Mounts}}', id));
  expect(new Set(await Promise.all(mounts)).size).toBe(1);
  expect(await countOf('volume', 'ls')).toBe(1);
  expect(await namesOfContainers()).toEqual(made.map(({ name }) => name).toSorted());
});

test('nobody inside can write to it, and nothing about it is drift', async () => {
  const bench = await openPodmanBench(engine);
  const { runtime } = bench;
  const root = await launch(bench, overStdio('root', { user: '0' }));
  for (const place of ['/.mcp/new', '/.mcp/bridge.mjs', '/.mcp/lib/new'])
    await expect(runInside(engine, root, `fs.writeFileSync('${place}', '')`)).rejects.toThrow(
      'EROFS',
    );
  expect((await look(runtime, root.name, true)).drift).toEqual([]);
  const observed = await runtime.observe({ deep: true }, AbortSignal.timeout(60_000));
  expect(observed).toMatchObject({ ok: true, foreign: [], orphans: [] });
});

test.each([
  ['the content', 1],
  ['the last mark', 2],
])('cut off at %s, it is filled anew before anything uses it', async (_what, nth) => {
  const { bench, proxy } = await openBehindProxy();
  let seen = 0;
  const mend = proxy.inject((request) => isFilling(request) && (seen += 1) === nth, {
    kind: 'cut',
    when: 'before',
  });
  await expect(launch(bench, overStdio('cut'))).rejects.toThrow(/closed the connection/);
  expect(await namesOfContainers()).toEqual([]);
  mend();
  expect(await askServer(await launch(bench, overStdio('cut')))).toBe('fixture');
});

test('one that somebody left half filled is thrown away', async () => {
  const bench = await openPodmanBench(engine);
  const first = await launch(bench, overStdio('first'));
  const volume = await volumeOf(first);
  const place = (
    await engine.podman('volume', 'inspect', '--format', '{{.Mountpoint}}', volume)
  ).trim();
  await engine.podman('rm', '--force', '--time', '0', first.id);
  const again = await openPodmanBench(engine, { managerId: bench.managerId });
  await engine.podman(
    'run',
    '--rm',
    '--volume',
    `${volume}:/v`,
    IMAGE,
    'node',
    '-e',
    "fs.rmSync('/v/complete')",
  );
  await writeFile(join(place, 'node'), 'half');
  await writeFile(join(place, 'stray'), 'of another filling');
  const second = await launch(again, overStdio('second'));
  expect(await askServer(second)).toBe('fixture');
  expect(await runInside(engine, second, "console.log(fs.existsSync('/.mcp/stray'))")).toContain(
    'false',
  );
});

test('one that is removed under a service that is being made is made again with it', async () => {
  const { bench, proxy } = await openBehindProxy();
  const first = await launch(bench, overStdio('first'));
  const volume = await volumeOf(first);
  await engine.podman('rm', '--force', '--time', '0', first.id);
  const mend = proxy.inject(isCreation, { kind: 'delay', delayMs: 2_000 });
  const late = create(bench.runtime, overStdio('late'));
  await eventually(() => expect(proxy.requests.some(isCreation)).toBe(true));
  await Promise.all([
    expect(late).rejects.toThrow(/Somebody removed the volume of the bridge/),
    engine.podman('volume', 'rm', volume),
  ]);
  expect(await namesOfContainers()).toEqual([]);
  mend();
  expect(await askServer(await launch(bench, overStdio('late')))).toBe('fixture');
});

test('all that no container has go with the last container of the fleet, and no volume of a service does', async () => {
  const bench = await openPodmanBench(engine);
  const { managerId, runtime } = bench;
  const volumes = [{ source: 'data', destination: '/data', readOnly: false }];
  const instance = await launch(bench, overStdio('aged', { volumes }));
  for (const name of ['old-unused', 'old-used']) await makeOldVolume(managerId, name);
  await engine.podman('create', '--name', 'user-of-old', '--volume', 'old-used:/v', IMAGE);
  await runtime.perform(
    { kind: 'remove', target: { name: instance.name, id: instance.id }, volumes: [] },
    new Map(),
    AbortSignal.timeout(60_000),
  );
  const left = (await engine.podman('volume', 'ls', '--quiet')).split('\n').filter(Boolean);
  expect(left).toEqual([expect.stringMatching(/^mcp-[0-9a-f]{8}-data$/), 'old-used']);
  await engine.podman('rm', 'user-of-old');
});

test('an image for another processor is refused before anything is made', async () => {
  const { runtime } = await openPodmanBench(engine);
  const other = process.arch === 'arm64' ? 'amd64' : 'arm64';
  const name = 'localhost/mcp-test/foreign:1';
  await buildImage(engine, name, {
    dockerfile: ['FROM scratch', 'COPY server.ts /'],
    files: { 'server.ts': join(SERVER, 'server.ts') },
    architecture: other,
  });
  const foreign = overStdio('foreign', { image: name });
  await expect(create(runtime, foreign)).rejects.toMatchObject({
    code: 'RUNTIME_UNSUPPORTED',
    message: expect.stringContaining(`${name} of foreign is made for ${other}`),
  });
  expect(await countOf('volume', 'ls')).toBe(0);
  expect(await namesOfContainers()).toEqual([]);
});

async function openBehindProxy() {
  const proxy = await startEngineProxy(engine);
  return { proxy, bench: await openPodmanBench(engine, { socket: proxy.socket }) };
}

function isCreation({ path }: ProxiedRequest): boolean {
  return /create\?name=mcp-late-/.test(path);
}

function isFilling({ method, path }: ProxiedRequest): boolean {
  return method === 'PUT' && path.includes('/archive');
}

function overStdio(name: string, spec: Partial<DesiredService['spec']> = {}): DesiredService {
  return makeService(name, {
    spec: { image: IMAGE, command: ['node', '/stdio/server.ts'], transport: 'stdio', ...spec },
  });
}

function create(runtime: Runtime, service: DesiredService) {
  return runtime.perform(createStep(service), new Map(), AbortSignal.timeout(60_000));
}

/** Until its bridge answers. */
async function launch(
  { runtime }: { runtime: Runtime },
  service: DesiredService,
): Promise<Instance> {
  await create(runtime, service);
  const { target } = createStep(service);
  await runtime.perform({ kind: 'start', target }, new Map(), AbortSignal.timeout(60_000));
  return eventually(async () => {
    const instance = await look(runtime, target.name);
    expect((await fetch(`${instance.url}/healthz`)).status).toBe(200);
    return instance;
  }, 30_000);
}

/** The name of the server behind the bridge. */
async function askServer({ url }: Instance): Promise<string> {
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  };
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
  });
  return /"name":"(?<name>\w+)"/.exec(await response.text())?.groups?.['name'] ?? '';
}

async function volumeOf({ id }: Instance): Promise<string> {
  const format = '{{range .Mounts}}{{if eq .Destination "/.mcp"}}{{.Name}}{{end}}{{end}}';
  return (await engine.podman('inspect', '--format', format, id)).trim();
}

async function makeOldVolume(managerId: string, name: string): Promise<void> {
  const labels = { manager: managerId, name, bridge: 'old' };
  const flags = Object.entries(labels).flatMap(([key, value]) => [
    '--label',
    `mcp-manager.io/${key}=${value}`,
  ]);
  await engine.podman('volume', 'create', ...flags, name);
}

async function namesOfContainers(): Promise<readonly string[]> {
  const names = await engine.podman('ps', '--all', '--format', '{{.Names}}');
  return names.split('\n').filter(Boolean).toSorted();
}

async function countOf(...what: readonly string[]): Promise<number> {
  return (await engine.podman(...what, '--quiet')).split('\n').filter(Boolean).length;
}
