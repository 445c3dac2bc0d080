import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import { findFreePort } from './free-port.ts';

/** A real Redis of this test's own on loopback, with its own folder; gone when the test ends. */
export interface RedisServer {
  readonly url: string;
  /** Holds `appendonlydir` and nothing of anybody else. */
  readonly folder: string;
  /** A client for the test's own reading and mischief. */
  readonly client: Redis;
  start(): Promise<void>;
  kill(): Promise<void>;
}

export interface RedisServerOptions {
  /** Further arguments: `['--requirepass', 'x']`. */
  readonly settings?: readonly string[];
  /** For the client of the test, when the settings ask for it. */
  readonly password?: string;
}

/** Prepares a server; `start` starts it, again on the same port and folder after `kill`. */
export async function createRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-manager-redis-'));
  const port = await findFreePort();
  const url = `redis://127.0.0.1:${port}`;
  const { settings = [], password } = options;
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => 20,
    ...(password !== undefined && { password }),
  });
  client.on('error', () => {});
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  onTestFinished(async () => {
    client.disconnect();
    await kill();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    url,
    folder,
    client,
    kill,
    async start() {
      child = await spawnRedis([...argumentsFor(folder, port), ...settings]);
      await eventually(async () => {
        if (client.status === 'wait') await client.connect();
        await client.ping();
      });
    },
  };
}

/** Kills Redis and gives it back the files it had before `work`: the tail is gone. */
export async function loseWhat(redis: RedisServer, work: () => Promise<void>): Promise<void> {
  const files = join(redis.folder, 'appendonlydir');
  await cp(files, `${files}.old`, { recursive: true });
  await work();
  await redis.kill();
  await rm(files, { recursive: true });
  await cp(`${files}.old`, files, { recursive: true });
}

/** As after a power cut: the last bytes of the append-only file never reached the disk. */
export async function cutTail(redis: RedisServer, bytes: number): Promise<void> {
  const folder = join(redis.folder, 'appendonlydir');
  const name = (await readdir(folder)).find((file) => file.endsWith('.incr.aof')) ?? '';
  const file = join(folder, name);
  await truncate(file, (await stat(file)).size - bytes);
}

function argumentsFor(folder: string, port: number): readonly string[] {
  const storage = '--save  --appendonly yes --appendfsync always'.split(' ');
  return ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...storage];
}

async function spawnRedis(settings: readonly string[]): Promise<ChildProcess> {
  const child = spawn('redis-server', settings, { stdio: 'ignore' });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Error('redis-server is not installed: apt-get install redis-server', {
      cause: error,
    });
  }
  return child;
}
