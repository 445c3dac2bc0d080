import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFolderDocuments } from '../../../src/adapters/folder/documents.ts';
import type { Documents, DocumentSet } from '../../../src/ports.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const signal = new AbortController().signal;

interface Fixture {
  readonly desired: string;
  readonly templates: string;
  readonly documents: Documents;
}

async function openFixture(): Promise<Fixture> {
  const root = await createTempFolder();
  const desired = join(root, 'desired');
  const templates = join(root, 'templates');
  await mkdir(desired);
  await mkdir(templates);
  const documents = openFolderDocuments({ desiredFolder: desired, templatesFolder: templates });
  return { desired, templates, documents };
}

function good(set: DocumentSet): DocumentSet & { readonly ok: true } {
  if (!set.ok) throw new Error(set.cause);
  return set;
}

async function readNames(documents: Documents): Promise<readonly string[]> {
  return good(await documents.read(signal)).documents.map(({ file }) => file);
}

describe('which files are documents', () => {
  test('all YAML below the folder, but no hidden file, lock file or other kind', async () => {
    const { desired, documents } = await openFixture();
    await mkdir(join(desired, 'api/deep'), { recursive: true });
    await mkdir(join(desired, '.hidden'));
    const files = ['b.yaml', 'a.yml', 'api/deep/c.yaml', '.x.yaml', '.hidden/y.yaml'];
    const others = ['fleet.lock.yaml', 'README.md', 'a.yaml.tmp'];
    for (const file of [...files, ...others]) await writeFile(join(desired, file), file);

    expect(await readNames(documents)).toEqual(['a.yml', 'api/deep/c.yaml', 'b.yaml']);
  });

  test('templates are the JSON files of their folder, not of folders below', async () => {
    const { templates, documents } = await openFixture();
    await mkdir(join(templates, 'echo'));
    for (const file of ['echo.json', 'echo/package.json', 'note.md']) {
      await writeFile(join(templates, file), '{}');
    }

    const set = good(await documents.read(signal));

    expect(set.templates).toEqual([{ file: 'echo.json', text: '{}' }]);
  });

  test('a link to a file is read, a link to a folder is not followed, a dead link is an error', async () => {
    const { desired, templates, documents } = await openFixture();
    await writeFile(join(templates, 'elsewhere.yaml'), 'text');
    await symlink(join(templates, 'elsewhere.yaml'), join(desired, 'link.yaml'));
    await symlink(desired, join(desired, 'circle.yaml'));
    await symlink(join(templates, 'nothing'), join(desired, 'dead.yaml'));

    const set = good(await documents.read(signal));

    expect(set.documents).toEqual([
      { file: 'dead.yaml', error: 'a link to a file that does not exist' },
      { file: 'link.yaml', text: 'text' },
    ]);
  });
});

describe('what cannot be read', () => {
  test('a missing folder is unreadable, never empty', async () => {
    const { desired, documents } = await openFixture();
    await rm(desired, { recursive: true });

    expect(await documents.read(signal)).toEqual({
      ok: false,
      cause: `no such folder: ${desired}`,
    });
  });

  test('a folder that is a file is unreadable', async () => {
    const { desired, documents } = await openFixture();
    await rm(desired, { recursive: true });
    await writeFile(desired, '');

    expect(await documents.read(signal)).toMatchObject({ ok: false });
  });

  test('a missing templates folder holds no templates', async () => {
    const { templates, documents } = await openFixture();
    await rm(templates, { recursive: true });

    expect(good(await documents.read(signal)).templates).toEqual([]);
  });

  test('a file that is no UTF-8 text is told by its error', async () => {
    const { desired, documents } = await openFixture();
    await writeFile(join(desired, 'a.yaml'), Buffer.from([0xff, 0xfe, 0x00]));

    const [file] = good(await documents.read(signal)).documents;

    expect(file).toMatchObject({ file: 'a.yaml', error: expect.stringContaining('utf-8') });
  });

  // Not one without the right to read: root may read all.
  test('a file that cannot be opened is told by its error', async () => {
    const { desired, documents } = await openFixture();
    await symlink('a.yaml', join(desired, 'a.yaml'));

    const [file] = good(await documents.read(signal)).documents;

    expect(file).toMatchObject({ file: 'a.yaml', error: expect.stringContaining('ELOOP') });
  });

  test('a huge file is told by its error and not read', async () => {
    const { desired, documents } = await openFixture();
    await writeFile(join(desired, 'a.yaml'), Buffer.alloc(5 * 2 ** 20));

    const [file] = good(await documents.read(signal)).documents;

    expect(file).toMatchObject({ error: expect.stringContaining('larger') });
  });
});

describe('reading again', () => {
  test('answers the same objects for files that did not change, and new text for one that did', async () => {
    const { desired, documents } = await openFixture();
    await writeFile(join(desired, 'a.yaml'), 'one');
    await writeFile(join(desired, 'b.yaml'), 'one');
    const before = good(await documents.read(signal)).documents;
    await writeFile(join(desired, 'b.yaml'), 'two');

    const after = good(await documents.read(signal)).documents;

    expect(after[0]).toBe(before[0]);
    expect(after[1]).toEqual({ file: 'b.yaml', text: 'two' });
  });

  test('sees every one of many changes that follow at once and keep the length', async () => {
    const { desired, documents } = await openFixture();
    for (let round = 0; round < 50; round += 1) {
      const text = `round ${String(round).padStart(3, '0')}`;
      await writeFile(join(desired, 'a.yaml'), text);
      expect(good(await documents.read(signal)).documents).toEqual([{ file: 'a.yaml', text }]);
    }
  });

  test('a removed file is gone, and one that comes back during the second look is not', async () => {
    const { desired, documents } = await openFixture();
    await writeFile(join(desired, 'a.yaml'), 'a');
    await writeFile(join(desired, 'b.yaml'), 'b');
    expect(await readNames(documents)).toEqual(['a.yaml', 'b.yaml']);
    await rm(join(desired, 'a.yaml'));
    await rename(join(desired, 'b.yaml'), join(desired, 'b.away'));
    const names = readNames(documents);
    setTimeout(() => void rename(join(desired, 'b.away'), join(desired, 'b.yaml')), 15);

    expect(await names).toEqual(['b.yaml']);
  });

  test('a folder that comes back during the second look was never away', async () => {
    const { desired, documents } = await openFixture();
    await writeFile(join(desired, 'a.yaml'), 'a');
    await documents.read(signal);
    await rename(desired, `${desired}-away`);
    const names = readNames(documents);
    setTimeout(() => void rename(`${desired}-away`, desired), 15);

    expect(await names).toEqual(['a.yaml']);
  });
});

test('reads 2,000 files, and one changed file among them', async () => {
  const { desired, documents } = await openFixture();
  await Promise.all(
    Array.from({ length: 2_000 }, (_, i) => writeFile(join(desired, `f${i}.yaml`), `text ${i}`)),
  );
  const times: number[] = [];
  const timed = async () => {
    const start = performance.now();
    const set = good(await documents.read(signal));
    times.push(Math.round(performance.now() - start));
    return set;
  };
  expect((await timed()).documents).toHaveLength(2_000);
  await timed();
  await writeFile(join(desired, 'f7.yaml'), 'changed');

  const after = await timed();

  expect(after.documents.find(({ file }) => file === 'f7.yaml')).toEqual({
    file: 'f7.yaml',
    text: 'changed',
  });
  console.log(
    `2,000 files: first read ${times[0]} ms, unchanged ${times[1]} ms, one changed ${times[2]} ms`,
  );
});

describe('the Git commit', () => {
  test('names the commit and whether the folder differs from it', async () => {
    const { desired, documents } = await openFixture();
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', desired, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        encoding: 'utf8',
      });
    expect(good(await documents.read(signal)).commit).toBeUndefined();
    git('init', '-q');
    await writeFile(join(desired, 'a.yaml'), 'a');
    expect(good(await documents.read(signal)).commit).toBeUndefined();
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const id = git('rev-parse', 'HEAD').trim();
    expect(good(await documents.read(signal)).commit).toEqual({ id, dirty: false });
    await writeFile(join(desired, 'a.yaml'), 'b');
    expect(good(await documents.read(signal)).commit).toEqual({ id, dirty: true });
    git('commit', '-q', '-a', '-m', 'second');
    const next = git('rev-parse', 'HEAD').trim();

    expect(good(await documents.read(signal)).commit).toEqual({ id: next, dirty: false });
  });
});
