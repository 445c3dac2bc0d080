import { expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { created, deleted, openCoreDocuments } from './documents.ts';

/** More than are written together. */
const MANY = Array.from({ length: 201 }, (_, index) => `i${index}`);

test('deletions that waited when the manager ended are all carried out after a restart', async () => {
  const { want, names, state, memories, start, restart } = openCoreDocuments({}, 1_000);
  await want(...MANY.map((id) => created(id)));
  state.isFull = true;
  const inbox = start();
  for (const id of MANY) inbox.take(deleted(id));
  await eventually(() => expect(inbox.troubles()).toHaveLength(1));
  await inbox.end();
  expect(MANY.filter((id) => memories.of(id).removing !== true)).toEqual([]);
  state.isFull = false;
  await restart();
  expect(names()).toEqual(['core/echo-last.yaml']);
});

test('what waits to go for being in no list stays where the next list has it again', async () => {
  const { want, names, state, memories, start } = openCoreDocuments();
  await want(created('a'));
  state.isFull = true;
  const inbox = start();
  inbox.take({ kind: 'unlisted', instanceId: 'a' });
  await eventually(() => expect(inbox.troubles()).toHaveLength(1));
  inbox.take(created('a', { image: 'x' }, 'list'));
  state.isFull = false;
  inbox.take(created('b'));
  await eventually(() => expect(memories.of('b').wish).toBeDefined());
  await inbox.end();
  expect(names()).toEqual(['core/echo-a.yaml', 'core/echo-b.yaml']);
});

test('a list that says nothing new has no document read', async () => {
  const { want, state, start } = openCoreDocuments();
  await want(created('a'));
  const inbox = start();
  await eventually(() => expect(state.reads).toBeGreaterThan(0));
  const { reads } = state;
  inbox.take(created('a', { image: 'x' }, 'list'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(state.reads).toBe(reads);
  await inbox.end();
});

test('where nothing is to be written, the documents are read once', async () => {
  const { want, state } = openCoreDocuments();
  await want(deleted('unknown'));
  expect(state.reads).toBe(1);
});

test('what is left out is told until there is room, and then core is asked for all', async () => {
  const { want, state, start } = openCoreDocuments();
  await want(created('a'));
  let asked = 0;
  const inbox = start({ missed: () => (asked += 1) });
  const large = 65 * 2 ** 20;
  state.isFull = true;
  inbox.take(deleted('a'));
  inbox.take(created('large'), large);
  await eventually(() => expect(inbox.troubles().join()).toMatch(/disk is full.*left out/));
  expect(asked).toBe(0);
  state.isFull = false;
  await eventually(() => expect([asked, inbox.troubles()]).toEqual([1, []]));
  await inbox.end();
});

test('a deletion whose document is broken is carried out once that is mended, without a restart', async () => {
  const { want, files, names, memories, start } = openCoreDocuments();
  await want(created('a'));
  const file = 'core/echo-a.yaml';
  const text = files.get(file) ?? '';
  files.set(file, `${text}\nservices: [`);
  const inbox = start();
  inbox.take(deleted('a'));
  inbox.take(created('b'));
  await eventually(() => expect(memories.of('b').wish).toBeDefined());
  expect(names()).toEqual([file, 'core/echo-b.yaml']);
  files.set(file, text);
  await eventually(() => expect(names()).toEqual(['core/echo-b.yaml']));
  await inbox.end();
});

test('a store that cannot be written at the start ends nothing: what core wants waits until it can', async () => {
  const { want, state, memories, names, start } = openCoreDocuments();
  await want(deleted('old'));
  state.nowMs += 25 * 3_600_000;
  state.isLocked = true;
  const inbox = start();
  inbox.take(created('a'));
  await eventually(() => expect(inbox.troubles().join()).toContain('database is locked'));
  state.isLocked = false;
  await eventually(() => expect(names()).toEqual(['core/echo-a.yaml']));
  await eventually(() => expect([...memories.all().keys()]).toEqual(['a']));
  await inbox.end();
});
