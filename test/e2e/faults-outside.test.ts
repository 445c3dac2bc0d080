import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSocketClient } from '../../src/cli/socket-client.ts';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, tiny, type Workplace } from '../helpers/manager.ts';
import { createRedisServer } from '../helpers/redis.ts';

const STREAM = '{mcp-manager}:events';
const DISK_BYTES = 24 * 1024 * 1024;

function createPlace(): Workplace {
  const place = createWorkplace(onTestFinished);
  place.declare('fleet.yaml', { one: tiny() });
  return place;
}

test('a port that somebody else holds is told, and taken as soon as it is free', async () => {
  const foreign = createServer((_request, response) => response.end('not yours'));
  foreign.listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  onTestFinished(() => void foreign.close());
  const address = foreign.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const place = createPlace();
  place.environment['ROUTER_PORT'] = String(port);

  expect((await place.cli('doctor', '--runtime', 'process')).stdout).toMatch(
    new RegExp(`fault router .*port ${port} is taken`),
  );
  const manager = await place.run();
  await manager.until({ one: 'Degraded' });
  expect((await place.cli('get', 'one')).stdout).toMatch(new RegExp(`not routed: .*${port}`));
  expect((await place.cli('health')).stdout).toMatch(new RegExp(`trouble: .*${port}`));
  expect(await (await fetch(`http://127.0.0.1:${port}/mcp/one`)).text()).toBe('not yours');

  foreign.closeAllConnections();
  foreign.close();
  await manager.until({ one: 'Running' });
  expect(await askTool(`http://127.0.0.1:${port}/mcp/one`)).toBe('hello');
  expect((await manager.control.health()).troubles).toEqual([]);
});

test('a Redis that comes late, goes and comes again gets every event once and in order', async () => {
  const redis = await createRedisServer();
  const place = createPlace();
  place.environment['REDIS_URL'] = redis.url;
  const manager = await place.run();
  await manager.until({ one: 'Running' });
  await eventually(async () => {
    expect((await place.cli('health')).stdout).toMatch(/trouble: .*[Rr]edis/);
  });
  const doctor = await place.cli('doctor', '--runtime', 'process');
  expect(doctor.stdout).toMatch(/note  redis .*does not answer/);

  await redis.start();
  await eventually(async () => expect(await redis.client.xlen(STREAM)).toBeGreaterThan(5));
  await eventually(async () => expect((await manager.control.health()).troubles).toEqual([]));
  await redis.kill();
  place.declare('fleet.yaml', { one: tiny([], { env: { GREETING: 'changed' } }) });
  await eventually(async () => expect(await askTool(await urlOf(manager.control))).toBe('changed'));
  await redis.start();
  await eventually(async () => {
    const entries = await redis.client.xrange(STREAM, '-', '+');
    const numbers = entries.map(([, fields]) => Number(/\/(\d+)"/.exec(fields.join(' '))?.[1]));
    expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
    const { stdout } = await place.cli('events', '--json');
    expect(numbers).toHaveLength(stdout.trim().split('\n').length);
  });
});

test('a full disk stops no service and is told; once there is room, all goes on', async () => {
  const place = createPlace();
  const disk = mountDisk(place);
  const manager = place.startIn(disk.prefix, 'run', '--runtime', 'process');
  await manager.said(/is ready/);
  const stateFolder = `/proc/${manager.pid}/root${place.stateFolder}`;
  const control = createSocketClient(join(stateFolder, 'api.sock'));
  await eventually(async () => expect(await stateOf(control)).toBe('Running'));
  const url = await urlOf(control);
  const pid = await askTool(url, 'pid');

  const filler = join(stateFolder, 'filler');
  fill(filler);
  place.declare('fleet.yaml', { one: tiny([], { env: { GREETING: 'changed' } }) });
  await eventually(async () => {
    expect((await control.health()).troubles.join()).toMatch(/full|cannot be written|space/i);
  });
  expect(await askTool(url, 'pid')).toBe(pid);
  expect((await control.status()).services).toHaveLength(1);

  rmSync(filler);
  await eventually(async () => expect(await askTool(url)).toBe('changed'));
  await eventually(async () => expect((await control.health()).troubles).toEqual([]));
  expect((await manager.end()).code).toBe(0);
});

interface Disk {
  /** Puts a command where the small disk is; it ends with its last program. */
  readonly prefix: readonly string[];
}

/** A state folder on a small disk of its own, which only the manager and its programs see. */
function mountDisk({ folder }: Workplace): Disk {
  const state = join(folder, 'state');
  const script = `mkdir -p ${state} && mount -t tmpfs -o size=${DISK_BYTES} tmpfs ${state} && exec "$@"`;
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return { prefix: ['unshare', ...user, '--mount', 'sh', '-c', script, 'sh'] };
}

/** Writes until nothing more fits. */
function fill(file: string): void {
  const piece = Buffer.alloc(64 * 1024);
  for (let bytes = 0; bytes <= DISK_BYTES; bytes += piece.length) {
    try {
      writeFileSync(file, piece, { flag: 'a' });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
      throw error;
    }
  }
  throw new Error('the disk is larger than it should be');
}

type Control = ReturnType<typeof createSocketClient>;

async function stateOf(control: Control): Promise<string | undefined> {
  return (await control.status()).services[0]?.state;
}

async function urlOf(control: Control): Promise<string> {
  return (await control.status()).services[0]?.url ?? 'unknown';
}
