import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { toArchive } from '../../../src/adapters/podman/archive.ts';
import { createBridgeFilesReader, FOLDERS } from '../../../src/adapters/podman/bridge-files.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const run = promisify(execFile);

test('what goes into the volume runs the bridge without anything of this machine', async () => {
  const { command, files, version } = await createBridgeFilesReader()();
  const folder = await createTempFolder();
  const file = join(folder, 'bridge.tar');
  await pipeline(toArchive(FOLDERS, files), createWriteStream(file));
  await run('tar', ['-C', folder, '-xf', file]);
  const words = command.map((word) => ('path' in word ? join(folder, word.path) : word.option));
  const [program = '', ...args] = words;
  const { stdout } = await run(program, [...args, '--help'], { env: {} });
  expect(stdout).toContain('bridge [--flags] -- COMMAND');
  expect(version).toMatch(/^[0-9a-f]{24}$/);
  expect((await createBridgeFilesReader()()).version).toBe(version);
  const { stdout: listed } = await run('tar', ['-tvf', file]);
  const owners = new Set(
    listed
      .trim()
      .split('\n')
      .map((line) => line.split(/ +/).slice(0, 2).join(' ')),
  );
  expect([...owners]).toEqual(['drwxr-xr-x 0/0', '-rwxr-xr-x 0/0']);
});

test('an archive has the bytes that were put in, and fails where there are others', async () => {
  const folder = await createTempFolder();
  const file = join(folder, 'a.tar');
  await pipeline(toArchive([], [content(7)]), createWriteStream(file));
  await run('tar', ['-C', folder, '-xf', file]);
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('content');
  const broken = pipeline(toArchive([], [content(8)]), createWriteStream(file));
  await expect(broken).rejects.toThrow('a is not as long as it was');
});

function content(bytes: number) {
  return { path: 'a', bytes, read: () => [Buffer.from('content')] };
}
