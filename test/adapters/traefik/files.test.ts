import { watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFileWriter } from '../../../src/adapters/traefik/file-writer.ts';
import { createFolderReader } from '../../../src/adapters/traefik/foreign-files.ts';
import { writeWatchedFile } from '../../../src/adapters/traefik/watched-file.ts';
import { readForeignYaml } from '../../../src/desired/foreign-yaml.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { quietLog } from '../proxy/open-test-proxy.ts';

test('nothing but the file ever appears in its folder, which is made where it is missing', async () => {
  const root = await createTempFolder();
  const folder = join(root, 'traefik', 'dynamic');
  const file = join(folder, 'mcp-manager.yaml');
  await writeWatchedFile(file, 'one');
  const seen: unknown[] = [];
  const watcher = watch(folder, (_event, name) => seen.push(name));
  onTestFinished(() => watcher.close());

  await writeWatchedFile(file, 'two');
  // The last of the events that the writing makes.
  await writeFile(join(folder, 'end'), '');

  await eventually(() => expect(seen).toContain('end'));
  expect(new Set(seen)).toEqual(new Set(['mcp-manager.yaml', 'end']));
  expect(await readFile(file, 'utf8')).toBe('two');
  expect(await readdir(join(root, 'traefik'))).toEqual(['dynamic']);
});

test('where the folder is of another file system, the way leads through a folder in it', async () => {
  const memory = await mkdtemp('/dev/shm/mcp-manager-test-');
  onTestFinished(() => rm(memory, { recursive: true }));
  const folder = join(await createTempFolder(), 'dynamic');
  await symlink(memory, folder);

  await writeWatchedFile(join(folder, 'mcp-manager.yaml'), 'one');

  expect(await readdir(memory)).toEqual(['.mcp-manager', 'mcp-manager.yaml']);
  expect(await readdir(join(memory, '.mcp-manager'))).toEqual([]);
});

test('a file that cannot be written is told with a way out', async () => {
  const folder = await createTempFolder();
  await writeFile(join(folder, 'dynamic'), 'no folder');

  await expect(writeWatchedFile(join(folder, 'dynamic', 'a.yaml'), 'x')).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
    hint: expect.stringContaining('TRAEFIK_DYNAMIC_DIR'),
  });
});

test('what somebody else changed or removed is mended, to the last text written', async () => {
  const path = join(await createTempFolder(), 'dynamic', 'a.yaml');
  const writer = await openFileWriter(path, 'one', quietLog());
  await writer.write('two');

  for (const harm of [() => writeFile(path, 'harm'), () => rm(path)]) {
    await harm();
    await writer.mend(false);
    expect(await readFile(path, 'utf8')).toBe('two');
  }

  // Each in its turn: the older text never comes last.
  await Promise.all([writer.mend(true), writer.write('three'), writer.mend(true)]);
  expect(await readFile(path, 'utf8')).toBe('three');
});

test('foreign files are found with what is wrong with them', async () => {
  const folder = await createTempFolder();
  const file = join(folder, 'mcp-manager.yaml');
  const read = createFolderReader({ folder, file, readYaml: readForeignYaml });
  const texts = {
    'mcp-manager.yaml': '[',
    'good.yml': 'http: {routers: {a: {rule: x}}}\n',
    'bad.yml': 'a: 1\na: 2\n',
    'odd.yaml': 'http: {}\n',
    'template.yml': '{{ range . }}',
    'other.toml': 'x = [',
    'notes.txt': '[',
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
  await mkdir(join(folder, 'below'));
  await writeFile(join(folder, 'below', 'list.yml'), '- a');
  await symlink('/nowhere', join(folder, 'dangling.yml'));
  await symlink('/dev/zero', join(folder, 'endless.yml'));

  const found = await read();

  const told = found.map(({ name, mistake, doubt }) => [name, mistake ?? doubt]);
  expect(Object.fromEntries(told)).toEqual({
    'good.yml': undefined,
    'bad.yml': 'line 2: map keys must be unique',
    'odd.yaml': 'http is empty',
    'template.yml': 'it is a template',
    'other.toml': undefined,
    'below/list.yml': 'not a map of names and values',
    'dangling.yml': 'cannot be read (ENOENT)',
    'endless.yml': 'is no file',
  });
  await writeFile(join(folder, 'bad.yml'), '# mended');
  expect((await read()).find(({ name }) => name === 'bad.yml')).not.toHaveProperty('mistake');
});

test('a folder that is not there holds nothing', async () => {
  const folder = join(await createTempFolder(), 'none');
  const read = createFolderReader({ folder, file: 'x', readYaml: readForeignYaml });
  expect(await read()).toEqual([]);
});
