import { execFile } from 'node:child_process';
import { copyFile, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Engine } from './engine.ts';

const run = promisify(execFile);

/**
 * What a power cut and the boot after it leave of an engine: all that is on the disk, where its containers
 * are said to run, and no process, network interface, mount or runtime file. The engine's service runs again.
 */
export async function rebootEngine(engine: Engine): Promise<void> {
  const { folder } = engine;
  const database = join(folder, 'root', 'libpod', 'bolt_state.db');
  const asItWas = join(folder, 'bolt_state.db');
  await engine.kill();
  await copyFile(database, asItWas);
  // Only the engine itself can take its interfaces and rules away; that it noted it is undone.
  await engine.podman('stop', '--all', '--time', '0');
  await rename(asItWas, database);
  for (const place of await mountsBelow(folder)) await run('umount', ['--lazy', place]);
  for (const name of ['run', 'tmp']) await rm(join(folder, name), { recursive: true, force: true });
  await engine.start();
}

/** The deepest first. */
async function mountsBelow(folder: string): Promise<readonly string[]> {
  const lines = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  const places = lines.map((line) => line.split(' ')[1] ?? '');
  return places.filter((place) => place.startsWith(folder)).toSorted((a, b) => b.length - a.length);
}
