import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import { wakeNameServer } from './wake-name-server.ts';

const run = promisify(execFile);

/** An engine that was killed amidst its work may hang; what is left then is ended by force. */
const PODMAN_MS = 60_000;
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

/** With these variables any `podman` command means the engine whose settings lie in the folder. */
export function environmentOf(folder: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
    CONTAINERS_REGISTRIES_CONF: join(folder, 'registries.conf'),
  };
}

/** Runs a `podman` command on the engine of the folder and answers what it printed; rejects when it fails. */
export async function runPodman(folder: string, args: readonly string[]): Promise<string> {
  const env = environmentOf(folder);
  const { stdout } = await run('podman', args, { env, maxBuffer: MOST_OUTPUT_BYTES });
  return stdout.trim();
}

/**
 * Removes an engine with all that it made: containers, networks, service, mounts, folder. Goes on to
 * the end whatever fails on the way, and rejects then with all of it.
 */
export async function clearEngine(folder: string): Promise<void> {
  const failures: unknown[] = [];
  const attempt = (doing: Promise<unknown>): Promise<unknown> =>
    doing.catch((error: unknown) => failures.push(error));
  const env = environmentOf(folder);
  if (existsSync(join(folder, 'storage.conf'))) {
    const all = ['rm', '--all', '--force', '--time', '0'];
    await attempt(run('podman', all, { env, timeout: PODMAN_MS }));
    await attempt(run('podman', ['network', 'prune', '--force'], { env, timeout: PODMAN_MS }));
  }
  for (const pid of await processesOf(`unix://${folder}`)) process.kill(pid, 'SIGKILL');
  // What an ended container still cleans up runs on its own for a moment.
  await attempt(eventually(() => requireIdle(folder)));
  for (const pid of await processesOf(folder)) process.kill(pid, 'SIGKILL');
  await attempt(unmountBelow(folder));
  await attempt(rm(folder, { recursive: true, force: true }));
  await attempt(wakeNameServer());
  if (failures.length > 0) throw new AggregateError(failures, `${folder} was not left cleanly`);
}

async function requireIdle(folder: string): Promise<void> {
  const left = await processesOf(folder);
  if (left.length > 0) throw new Error(`processes of ${folder} are left: ${left.join(', ')}`);
}

async function processesOf(words: string): Promise<readonly number[]> {
  const { stdout } = await run('pgrep', ['-f', words]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter(Boolean).map(Number);
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  // What lies upon another mount first.
  for (const [, place = ''] of mounts.map((line) => line.split(' ')).toReversed()) {
    if (place.startsWith(folder)) await run('umount', ['--lazy', place]);
  }
}
