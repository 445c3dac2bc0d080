import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Instance } from '../../../src/model/instance.ts';
import { startEngine } from '../../helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { launch, makeService, openPodmanBench, runInside } from './bench.ts';

const engine = await startEngine(afterAll);
const bench = await openPodmanBench(engine, { atEnd: afterAll });
const RESOURCES = { memoryBytes: 128 * 1024 * 1024, cpu: 0.5, pids: 64 };

let one: Instance;
let two: Instance;

beforeAll(async () => {
  [one, two] = await Promise.all([
    launch(bench, makeService('one', { spec: { resources: RESOURCES } })),
    launch(bench, makeService('two')),
  ]);
});

describe('seen from inside, a service', () => {
  test('is a plain user without any capability, cannot gain one, and is filtered by seccomp', async () => {
    const { pid } = JSON.parse(await (await fetch(`${one.url}/`)).text());
    const status = await readInside(`/proc/${pid}/status`);
    const facts = new Map(status.split('\n').map((line) => [line.split(':')[0], line.split('\t')]));
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(facts.get(set)?.[1], set).toBe('0000000000000000');
    expect(facts.get('Uid')?.slice(1)).toEqual(['1000', '1000', '1000', '1000']);
    expect(facts.get('Gid')?.slice(1)).toEqual(['1000', '1000', '1000', '1000']);
    expect(facts.get('Groups')?.[1]?.trim().split(' ')).not.toContain('0');
    expect(facts.get('NoNewPrivs')?.[1]).toBe('1');
    expect(facts.get('Seccomp')?.[1]).toBe('2');
  });

  test('can write nothing but scratch of a bounded size', async () => {
    await expect(write('/new')).rejects.toThrow(/EROFS/);
    await expect(write('/programs/tiny.mjs')).rejects.toThrow(/EROFS/);
    const folders = ['/tmp', '/var/tmp', '/run'];
    for (const folder of folders) await write(`${folder}/small`);
    const sizes = await runInside(
      engine,
      one,
      `const fs = require('fs');
       console.log(JSON.stringify(${JSON.stringify([...folders, '/dev/shm'])}.map((folder) => {
         const { blocks, bsize } = fs.statfsSync(folder);
         return blocks * bsize;
       })))`,
    );
    for (const size of JSON.parse(sizes)) expect(size).toBeLessThanOrEqual(64 * 1024 * 1024);
  });

  test('has the limits that it was given', async () => {
    const folder = '/sys/fs/cgroup';
    expect(await readInside(`${folder}/memory/memory.limit_in_bytes`)).toBe('134217728');
    expect(await readInside(`${folder}/memory/memory.memsw.limit_in_bytes`)).toBe('134217728');
    expect(await readInside(`${folder}/cpu/cpu.cfs_quota_us`)).toBe('50000');
    expect(await readInside(`${folder}/pids/pids.max`)).toBe('64');
  });

  test('is no first process: whatever it starts and leaves is reaped', async () => {
    const { pid } = JSON.parse(await (await fetch(`${one.url}/`)).text());
    expect(pid).toBeGreaterThan(1);
  });

  test('cannot reach another service, by its address or by its port on the host', async () => {
    const [own] = await addressesOf(two);
    // That the way of asking works at all.
    expect(await ask(two, '127.0.0.1', 8000)).toBe('connected');
    for (const address of await addressesOf(one))
      expect(await ask(two, address, 8000)).not.toBe('connected');
    expect(await ask(two, gatewayOf(own), portOf(one))).not.toBe('connected');
  });

  test('cannot reach what listens on the loopback of the host', async () => {
    const listener = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    onTestFinished(() => void listener.close());
    await once(listener, 'listening');
    const address = listener.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const [own] = await addressesOf(two);
    expect(await ask(two, gatewayOf(own), port)).not.toBe('connected');
    expect(await ask(two, '127.0.0.1', port)).not.toBe('connected');
  });
});

describe('seen from the host, a service', () => {
  test('is reached on loopback and on no other address', async () => {
    expect(new URL(one.url ?? '').hostname).toBe('127.0.0.1');
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    expect(others).not.toEqual([]);
    for (const { address } of others)
      await expect(fetch(`http://${address}:${portOf(one)}/`)).rejects.toThrow('fetch failed');
  });

  test('without egress is reached, and reaches nothing', async () => {
    const spec = { network: { egress: 'none' } } as const;
    const closed = await launch(bench, makeService('closed', { spec }));
    await bench.facts(closed);
    const routes = await runInside(
      engine,
      closed,
      `console.log(require('fs').readFileSync('/proc/net/route', 'utf8'))`,
    );
    const defaults = routes.split('\n').filter((line) => line.split('\t')[1] === '00000000');
    expect(defaults).toEqual([]);
    for (const address of await addressesOf(one))
      expect(await ask(closed, address, 8000)).not.toBe('connected');
    // Nobody answers names there either: what asks for them would reach the world in their words.
    const [address] = await addressesOf(closed);
    expect(await ask(closed, gatewayOf(address), 53)).not.toBe('connected');
    expect(await lookUp(closed, gatewayOf(address))).not.toBe('answered');
    expect(await lookUp(two, gatewayOf((await addressesOf(two))[0]))).toBe('answered');
  });

  test('has no health check of its image beside ours', async () => {
    const image = 'localhost/mcp-test/checked:1';
    const file = join(engine.folder, 'Checked');
    writeFileSync(file, `FROM ${PROGRAMS_IMAGE}\nHEALTHCHECK CMD ["node", "-p", "1"]\n`);
    const build = ['build', '--quiet', '--format', 'docker', '--tag', image, '--file', file];
    await engine.podman(...build, engine.folder);
    const { name } = await launch(bench, makeService('checked', { spec: { image } }));
    const own = await engine.podman('inspect', name, '--format', '{{json .Config.Healthcheck}}');
    expect(own).toMatch(/null|NONE/);
    expect(
      await engine.podman('image', 'inspect', image, '--format', '{{json .HealthCheck}}'),
    ).toContain('"-p"');
  });

  test('has a log that cannot fill the disk', async () => {
    expect(
      await engine.podman('inspect', one.id, '--format', '{{.HostConfig.LogConfig.Size}}'),
    ).toBe('10MB');
  });
});

describe('a volume', () => {
  test('is written to by the user of its service, outlives its container, and goes only when that is said', async () => {
    const volumes = [{ source: 'data', destination: '/data', readOnly: false }];
    const service = makeService('keeper', { spec: { volumes } });
    const first = await launch(bench, service);
    await runInside(engine, first, `require('fs').writeFileSync('/data/kept', 'kept')`);
    await remove(first, []);
    const second = await launch(bench, service);
    const read = `console.log(require('fs').readFileSync('/data/kept', 'utf8'))`;
    expect(await runInside(engine, second, read)).toBe('kept');
    await remove(second, ['data']);
    expect(await engine.podman('volume', 'ls', '--format', '{{.Name}}')).not.toMatch(/-data$/m);
  });

  test('is writable where the image has a folder of its own at that place, and not where it shall be read only', async () => {
    const volumes = [
      { source: 'shadow', destination: '/programs', readOnly: false },
      { source: 'shadow', destination: '/reading', readOnly: true },
    ];
    const shadowed = await launch(bench, makeService('shadowed', { spec: { volumes } }));
    await runInside(engine, shadowed, `require('fs').writeFileSync('/programs/new', '')`);
    const refused = runInside(engine, shadowed, `require('fs').writeFileSync('/reading/new', '')`);
    await expect(refused).rejects.toThrow(/EROFS/);
  });
});

function readInside(file: string): Promise<string> {
  return runInside(
    engine,
    one,
    `console.log(require('fs').readFileSync('${file}', 'utf8').trim())`,
  );
}

function write(file: string): Promise<string> {
  return runInside(engine, one, `require('fs').writeFileSync('${file}', 'x')`);
}

async function remove(target: Instance, volumes: readonly string[]): Promise<void> {
  await bench.runtime.perform(
    { kind: 'remove', target, volumes },
    new Map(),
    AbortSignal.timeout(30_000),
  );
}

/** What becomes of a connection from inside a container. */
function ask(from: Instance, host: string, port: number): Promise<string> {
  const script = `
    const socket = require('net').connect({ host: '${host}', port: ${port} });
    socket.setTimeout(1000, () => { console.log('no answer'); process.exit(); });
    socket.on('connect', () => { console.log('connected'); process.exit(); });
    socket.on('error', (error) => { console.log(error.code); process.exit(); });`;
  return runInside(engine, from, script);
}

/** Whether a name server answers there at all, be it that there is no such name. */
function lookUp(from: Instance, server: string): Promise<string> {
  const script = `
    const resolver = new (require('dns').Resolver)({ timeout: 1000, tries: 1 });
    resolver.setServers(['${server}']);
    resolver.resolve4('localhost.invalid', (error) => {
      const silent = ['ETIMEOUT', 'ECONNREFUSED', 'ENETUNREACH'].includes(error?.code);
      console.log(silent ? error.code : 'answered');
    });`;
  return runInside(engine, from, script);
}

async function addressesOf(instance: Instance): Promise<string[]> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  return (await engine.podman('inspect', instance.id, '--format', format)).trim().split(' ');
}

/** The first address of a container's network is that of the host's bridge. */
function gatewayOf(address = ''): string {
  return address.replace(/\d+$/, (last) => String((Number(last) & ~31) + 1));
}

function portOf({ url }: Instance): number {
  return Number(new URL(url ?? '').port);
}
