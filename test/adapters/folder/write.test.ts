import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFolderDocuments } from '../../../src/adapters/folder/documents.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const signal = new AbortController().signal;

async function openFolder() {
  const folder = join(await createTempFolder(), 'desired');
  await mkdir(folder);
  const documents = openFolderDocuments({ desiredFolder: folder, templatesFolder: folder });
  return { folder, documents };
}

test('a write makes a new one with its folders, and leaves no temp file', async () => {
  const { folder, documents } = await openFolder();
  await documents.write('api/echo.yaml', undefined, 'text');

  expect(await readFile(join(folder, 'api/echo.yaml'), 'utf8')).toBe('text');
  expect(await readdir(join(folder, 'api'))).toEqual(['echo.yaml']);
});

test('a write replaces the text that is expected, keeping the right to read', async () => {
  const { folder, documents } = await openFolder();
  await writeFile(join(folder, 'a.yaml'), '\uFEFFone');
  await chmod(join(folder, 'a.yaml'), 0o600);
  await documents.write('a.yaml', '\uFEFFone', 'two');

  expect(await readFile(join(folder, 'a.yaml'), 'utf8')).toBe('two');
  expect((await stat(join(folder, 'a.yaml'))).mode & 0o777).toBe(0o600);
});

test('a write deletes, and what is gone already may be deleted again', async () => {
  const { folder, documents } = await openFolder();
  await writeFile(join(folder, 'a.yaml'), 'one');
  await documents.write('a.yaml', 'one', undefined);
  await documents.write('a.yaml', undefined, undefined);

  expect(await readdir(folder)).toEqual([]);
});

test.each([
  { found: 'other', expected: 'one', said: 'a.yaml was changed meanwhile' },
  { found: 'other', expected: undefined, said: 'a.yaml is there already meanwhile' },
  { found: undefined, expected: 'one', said: 'a.yaml is gone meanwhile' },
])('a write is refused when the file $said', async ({ found, expected, said }) => {
  const { folder, documents } = await openFolder();
  if (found !== undefined) await writeFile(join(folder, 'a.yaml'), found);

  await expect(documents.write('a.yaml', expected, 'two')).rejects.toMatchObject({
    code: 'DOCUMENT_CHANGED',
    message: said,
  });
  const now = await readFile(join(folder, 'a.yaml'), 'utf8').catch(() => undefined);
  expect(now).toBe(found);
});

test('a write that the system refuses says why, and not where on the machine', async () => {
  const { folder, documents } = await openFolder();
  await writeFile(join(folder, 'api'), '');
  await expect(documents.write('api/a.yaml', undefined, 'one')).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
    message: 'api/a.yaml cannot be written: EEXIST: file already exists',
  });
});

test('of many writes at once with the same expectation one is done', async () => {
  const { folder, documents } = await openFolder();
  await writeFile(join(folder, 'a.yaml'), 'one');
  const writes = Array.from({ length: 20 }, (_, i) => documents.write('a.yaml', 'one', `two ${i}`));
  const results = await Promise.allSettled(writes);

  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readFile(join(folder, 'a.yaml'), 'utf8')).toBe('two 0');
});

test.each([
  '../a.yaml',
  '/tmp/a.yaml',
  'a/../../b.yaml',
  'a.json',
  '.a.yaml',
  'x.lock.yaml',
  'a//b.yaml',
  '',
  'a\\b.yaml',
])('a write refuses the name %j', async (file) => {
  const { documents } = await openFolder();

  await expect(documents.write(file, undefined, 'x')).rejects.toMatchObject({ code: 'REFUSED' });
});

test('a write refuses to leave the folder over a link, and to replace a link', async () => {
  const { folder, documents } = await openFolder();
  const outside = await createTempFolder();
  await writeFile(join(outside, 'a.yaml'), 'mine');
  await symlink(outside, join(folder, 'out'));
  await symlink(join(outside, 'a.yaml'), join(folder, 'a.yaml'));

  for (const file of ['out/b.yaml', 'out/deeper/b.yaml']) {
    await expect(documents.write(file, undefined, 'x')).rejects.toMatchObject({
      code: 'STATE_UNWRITABLE',
    });
  }
  await expect(documents.write('a.yaml', undefined, 'x')).rejects.toMatchObject({
    code: 'REFUSED',
  });
  expect(await readFile(join(outside, 'a.yaml'), 'utf8')).toBe('mine');
  expect(await readdir(outside)).toEqual(['a.yaml']);
});

describe('the manager id', () => {
  test('is written once and then answered', async () => {
    const { documents } = await openFolder();
    expect(await documents.ensureManagerId('first')).toBe('first');

    expect(await documents.ensureManagerId('second')).toBe('first');
    expect(await documents.read(signal)).toMatchObject({ managerId: 'first' });
  });

  test('is the same for managers that begin together', async () => {
    const { folder, documents } = await openFolder();
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, i) => documents.ensureManagerId(`id-${i}`)),
    );

    expect(new Set(ids).size).toBe(1);
    expect(await readdir(folder)).toEqual(['.mcp-manager.json']);
  });

  test('is never written over a file that holds none', async () => {
    const { folder, documents } = await openFolder();
    await writeFile(join(folder, '.mcp-manager.json'), '{"managerId": 7}');

    await expect(documents.ensureManagerId('mine')).rejects.toMatchObject({
      code: 'MANAGER_ID_MISSING',
    });
    expect(await readFile(join(folder, '.mcp-manager.json'), 'utf8')).toBe('{"managerId": 7}');
  });

  test('asks for MANAGER_ID where the folder cannot be written', async () => {
    const { folder } = await openFolder();
    const gone = openFolderDocuments({
      desiredFolder: join(folder, 'gone'),
      templatesFolder: folder,
    });

    await expect(gone.ensureManagerId('mine')).rejects.toMatchObject({
      code: 'MANAGER_ID_MISSING',
      hint: expect.stringContaining('MANAGER_ID'),
    });
  });
});
