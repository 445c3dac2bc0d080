import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { eventually } from '../../helpers/eventually.ts';
import { contained, createFleet, type Fleet } from '../../helpers/fleet.ts';

const run = promisify(execFile);
const STORAGE_BYTES = 16 * 1024 * 1024;

test('a storage that is full is told, leaves what runs alone, and is used again when there is room', async () => {
  const fleet = await createFleet();
  await shrinkStorage(fleet);
  fleet.declare('one.yaml', { one: contained() });
  const manager = await fleet.run();
  await manager.until({ one: 'Running' }, 60_000);
  const filler = fillStorage(fleet);
  fleet.declare('two.yaml', { two: contained() });
  await eventually(async () => {
    expect((await fleet.cli('get', 'two')).stdout).toMatch(/no space left/i);
  }, 30_000);
  const { services } = await manager.control.status();
  const one = services.find(({ name }) => name === 'one');
  expect(one?.state).toBe('Running');
  expect(await askTool(one?.url ?? '')).toBe('hello');
  rmSync(filler);
  await manager.until({ one: 'Running', two: 'Running' }, 90_000);
  expect(await fleet.containers()).toHaveLength(2);
});

/** The engine's storage in memory, and small. */
async function shrinkStorage({ engine }: Fleet): Promise<void> {
  await engine.kill();
  const place = join(engine.folder, 'root');
  await run('mount', ['-t', 'tmpfs', '-o', `size=${STORAGE_BYTES}`, 'tmpfs', place]);
  onTestFinished(async () => {
    await engine.podman('rm', '--all', '--force', '--time', '0');
  });
  await engine.start();
}

/** Answers the file that takes all the room there is. */
function fillStorage({ engine }: Fleet): string {
  const file = join(engine.folder, 'root', 'filler');
  const piece = Buffer.alloc(4096);
  try {
    for (let bytes = 0; bytes < STORAGE_BYTES; bytes += piece.length) {
      writeFileSync(file, piece, { flag: 'a' });
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
  return file;
}
