import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFolderDocuments } from '../../../src/adapters/folder/documents.ts';
import type { SourceFile } from '../../../src/ports.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

interface Watched {
  readonly root: string;
  readonly desired: string;
  readonly templates: string;
  readonly wakes: () => number;
  /** What the last read after a wake saw: nothing is read unless something woke. */
  readonly seen: () => readonly SourceFile[];
}

async function openWatched({ missing = false } = {}): Promise<Watched> {
  const root = await createTempFolder();
  const desired = join(root, 'parent/desired');
  const templates = join(root, 'templates');
  await mkdir(templates);
  if (!missing) await mkdir(desired, { recursive: true });
  const end = new AbortController();
  onTestFinished(() => end.abort());
  const documents = openFolderDocuments({ desiredFolder: desired, templatesFolder: templates });
  let wakes = 0;
  let seen: readonly SourceFile[] = [];
  let reading: Promise<void> = Promise.resolve();
  const lookAfter = async (before: Promise<void>): Promise<void> => {
    await before;
    if (end.signal.aborted) return;
    const set = await documents.read(new AbortController().signal);
    seen = set.ok ? [...set.documents, ...set.templates] : [{ file: '.', error: set.cause }];
  };
  documents.watch(() => {
    wakes += 1;
    reading = lookAfter(reading);
  }, end.signal);
  onTestFinished(() => reading);
  await settleWatch(missing ? root : desired, () => wakes, missing);
  return { root, desired, templates, wakes: () => wakes, seen: () => seen };
}

/** A watch says nothing of when it is up: touch a file until it answers. */
async function settleWatch(folder: string, wakes: () => number, missing: boolean): Promise<void> {
  if (missing) return;
  let lastMs = -Infinity;
  await eventually(async () => {
    // Not more often than a wake takes, or it would never settle.
    if (performance.now() - lastMs > 150) {
      lastMs = performance.now();
      await writeFile(join(folder, 'first.yaml'), `at ${lastMs}`);
    }
    expect(wakes()).toBeGreaterThan(0);
  });
  await rm(join(folder, 'first.yaml'));
}

function text(watched: Watched, file: string): string | undefined {
  const found = watched.seen().find((entry) => entry.file === file);
  return found && 'text' in found ? found.text : undefined;
}

test('a new, a changed and a removed document each wake', async () => {
  const watched = await openWatched();
  const path = join(watched.desired, 'a.yaml');
  await writeFile(path, 'one');
  await eventually(() => expect(text(watched, 'a.yaml')).toBe('one'));
  await writeFile(path, 'two');
  await eventually(() => expect(text(watched, 'a.yaml')).toBe('two'));
  await rm(path);
  await eventually(() => expect(text(watched, 'a.yaml')).toBeUndefined());
});

test('an editor that saves by renaming a temp file wakes', async () => {
  const watched = await openWatched();
  const path = join(watched.desired, 'a.yaml');
  await writeFile(path, 'one');
  await eventually(() => expect(text(watched, 'a.yaml')).toBe('one'));
  await writeFile(`${path}~`, 'two');
  await rename(path, `${path}.bak`);
  await rename(`${path}~`, path);
  await eventually(() => expect(text(watched, 'a.yaml')).toBe('two'));
});

test('a document in a new folder below wakes', async () => {
  const watched = await openWatched();
  await mkdir(join(watched.desired, 'api'));
  await writeFile(join(watched.desired, 'api/a.yaml'), 'one');
  await eventually(() => expect(text(watched, 'api/a.yaml')).toBe('one'));
  await writeFile(join(watched.desired, 'api/a.yaml'), 'two');
  await eventually(() => expect(text(watched, 'api/a.yaml')).toBe('two'));
});

test('a file written in two halves is seen whole in the end', async () => {
  const watched = await openWatched();
  const path = join(watched.desired, 'a.yaml');
  await writeFile(path, 'half');
  await writeFile(path, 'half and half');
  await eventually(() => expect(text(watched, 'a.yaml')).toBe('half and half'));
});

test('a changed template wakes', async () => {
  const watched = await openWatched();
  await writeFile(join(watched.templates, 'echo.json'), '{}');
  await eventually(() => expect(text(watched, 'echo.json')).toBe('{}'));
});

test('the folder may be removed and made again', async () => {
  const watched = await openWatched();
  await writeFile(join(watched.desired, 'a.yaml'), 'one');
  await eventually(() => expect(text(watched, 'a.yaml')).toBe('one'));
  await rm(watched.desired, { recursive: true });
  await eventually(() => expect(watched.seen()).toMatchObject([{ file: '.' }]));
  await mkdir(watched.desired);
  await writeFile(join(watched.desired, 'a.yaml'), 'two');
  await eventually(() => expect(text(watched, 'a.yaml')).toBe('two'));
  await writeFile(join(watched.desired, 'a.yaml'), 'three');
  await eventually(() => expect(text(watched, 'a.yaml')).toBe('three'));
});

test('the folder may come into being after the watch began', async () => {
  const watched = await openWatched({ missing: true });
  await mkdir(watched.desired, { recursive: true });
  await writeFile(join(watched.desired, 'a.yaml'), 'one');
  await eventually(() => expect(text(watched, 'a.yaml')).toBe('one'));
  await writeFile(join(watched.desired, 'a.yaml'), 'two');
  await eventually(() => expect(text(watched, 'a.yaml')).toBe('two'));
});

test('a mounted ConfigMap is swapped as a whole, again and again', async () => {
  const watched = await openWatched();
  const publish = async (round: number): Promise<void> => {
    const folder = join(watched.desired, `..round_${round}`);
    await mkdir(folder);
    await writeFile(join(folder, 'm.yaml'), `round ${round}`);
    await symlink(`..round_${round}`, join(watched.desired, '..data_tmp'));
    await rename(join(watched.desired, '..data_tmp'), join(watched.desired, '..data'));
    if (round > 1) await rm(join(watched.desired, `..round_${round - 1}`), { recursive: true });
  };
  await publish(1);
  await symlink('..data/m.yaml', join(watched.desired, 'm.yaml'));
  await eventually(() => expect(text(watched, 'm.yaml')).toBe('round 1'));
  for (const round of [2, 3, 4]) {
    await publish(round);
    await eventually(() => expect(text(watched, 'm.yaml')).toBe(`round ${round}`));
  }
});

test('the end of the signal ends the watch', async () => {
  const root = await createTempFolder();
  const end = new AbortController();
  const documents = openFolderDocuments({ desiredFolder: root, templatesFolder: root });
  let wakes = 0;
  documents.watch(() => (wakes += 1), end.signal);
  await settleWatch(root, () => wakes, false);
  end.abort();
  const before = wakes;
  await writeFile(join(root, 'b.yaml'), 'x');
  const other = openFolderDocuments({ desiredFolder: root, templatesFolder: root });
  const second = new AbortController();
  onTestFinished(() => second.abort());
  let otherWakes = 0;
  other.watch(() => (otherWakes += 1), second.signal);
  await settleWatch(root, () => otherWakes, false);

  expect(wakes).toBe(before);
});
