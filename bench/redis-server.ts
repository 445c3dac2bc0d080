import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface RedisServer {
  /** Address, or path of a socket. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The one that REDIS_URL names, or one of our own in the folder; undefined where there is neither. */
export async function startRedis(folder: string): Promise<RedisServer | undefined> {
  const url = process.env['REDIS_URL'];
  if (url !== undefined && url !== '') return { url, stop: () => Promise.resolve() };
  const path = join(folder, 'redis.sock');
  const child = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', ''], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ready = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(false));
    child.stdout.on('data', (text: Buffer) => {
      if (text.includes('eady to accept connections')) resolve(true);
    });
  });
  if (!(await ready)) return undefined;
  return {
    url: path,
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
