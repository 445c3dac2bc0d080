import { expect, test } from 'vitest';
import { watchHandEdits } from '../../src/reconcile/hand-edits.ts';
import { openTexts } from './declared-texts.ts';

function open(texts: Record<string, string>) {
  const { files, documents } = openTexts(texts);
  const told: unknown[] = [];
  let slow: Promise<void> | undefined;
  const watched = watchHandEdits({
    documents: {
      ...documents,
      async read(signal) {
        const set = await documents.read(signal);
        await slow;
        return set;
      },
      watch: () => {},
      writeTemplate: async () => {},
      ensureManagerId: async (id) => id,
    },
    clock: () => 7,
    tell: ({ type, subject, data }) => void told.push([type, subject, data['file']]),
  });
  const read = () => watched.read(new AbortController().signal);
  const readSlowly = (until: Promise<void>) => {
    slow = until;
    const reading = read();
    return { reading, goOn: () => (slow = undefined) };
  };
  return { files, told, read, readSlowly, write: watched.write };
}

test('edits by others of what programs write are told once; nobody tells of what was there', async () => {
  const { files, told, read } = open({
    'api/echo.yaml': 'a',
    'core/far.yml': 'a',
    'mine.yaml': 'a',
  });
  await read();
  await read();
  expect(told).toEqual([]);
  files.set('api/echo.yaml', 'b').set('mine.yaml', 'b').set('api/new.yaml', 'a');
  files.delete('core/far.yml');
  await read();
  await read();
  expect(told).toHaveLength(3);
  expect(new Set(told)).toEqual(
    new Set([
      ['document.edited', 'echo', 'api/echo.yaml'],
      ['document.edited', 'far', 'core/far.yml'],
      ['document.edited', 'new', 'api/new.yaml'],
    ]),
  );
});

test('what the manager writes itself is no edit, whenever it is seen', async () => {
  const { files, told, read, write } = open({ 'api/echo.yaml': 'a', 'api/gone.yaml': 'a' });
  await read();
  const writing = write('api/echo.yaml', 'a', 'b');
  await read();
  await writing;
  await write('api/gone.yaml', 'a', undefined);
  await write('api/new.yaml', undefined, 'a');
  await read();
  expect(told).toEqual([]);
  files.set('api/new.yaml', 'b');
  await read();
  expect(told).toHaveLength(1);
});

test('a text that could not be written is no text of the manager', async () => {
  const { files, told, read, write } = open({ 'api/echo.yaml': 'a' });
  await read();
  await expect(write('api/new.yaml', 'there', 'b')).rejects.toMatchObject({
    code: 'DOCUMENT_CHANGED',
  });
  files.set('api/new.yaml', 'b');
  await read();
  expect(told).toEqual([['document.edited', 'new', 'api/new.yaml']]);
});

test('who is faster than the manager is told of', async () => {
  const { files, told, read, write } = open({ 'api/echo.yaml': 'a' });
  await read();
  files.set('api/echo.yaml', 'by hand');
  await expect(write('api/echo.yaml', 'a', 'b')).rejects.toMatchObject({
    code: 'DOCUMENT_CHANGED',
  });
  await read();
  expect(told).toHaveLength(1);
});

test('a look that took long and shows what was before tells nothing', async () => {
  const { files, told, read, readSlowly } = open({ 'api/echo.yaml': 'a' });
  await read();
  const { promise, resolve } = Promise.withResolvers<void>();
  const { reading, goOn } = readSlowly(promise);
  await Promise.resolve();
  await Promise.resolve();
  goOn();
  files.set('api/echo.yaml', 'b');
  await read();
  resolve();
  await reading;
  await read();
  expect(told).toHaveLength(1);
});
