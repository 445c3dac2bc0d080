import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/adapters/sqlite/store.ts';
import type { CoreListing, CoreMemory } from '../../../src/model/core.ts';
import type { Origin } from '../../../src/model/service.ts';
import { createCoreMemories } from '../../../src/reconcile/core/memory.ts';
import type { CoreErrand } from '../../../src/reconcile/core/queue.ts';
import { createCoreSync } from '../../../src/reconcile/core/sync.ts';
import { eventually } from '../../helpers/eventually.ts';
import { wanted } from '../../helpers/services.ts';
import { created, lockable } from './documents.ts';

const SYNC_MS = 60_000;
const ORIGINS: readonly Origin[] = ['file', 'api', 'core'];

interface Setting {
  /** The ids of what has a document, by whose it is. */
  readonly has?: Partial<Record<Origin, readonly string[]>>;
  readonly remembered?: Readonly<Record<string, CoreMemory>>;
  readonly isOfOneWorkspace?: boolean;
  readonly maxPrunePercent?: number;
}

interface Circumstances {
  readonly laterMs?: number;
  /** The instances that messages come about while the list is read. */
  readonly heard?: readonly string[];
}

/** A sync over a list that a test says; `look` has it read once more, so many milliseconds later. */
function open({
  has = {},
  remembered = {},
  isOfOneWorkspace = false,
  maxPrunePercent = 100,
}: Setting) {
  let nowMs = 0;
  const clock = () => nowMs;
  const state = { isLocked: false };
  const file = ':memory:';
  const store = lockable(
    openStore({ file, source: '/test', clock, keepUndelivered: false }),
    state,
  );
  const memories = createCoreMemories(store, clock);
  memories.change(new Map(Object.entries(remembered).map(([id, memory]) => [id, () => memory])));
  const services = ORIGINS.flatMap((origin) =>
    (has[origin] ?? []).map((instanceId) =>
      wanted(`own-${instanceId}`, { origin, platform: { instanceId } }),
    ),
  );
  const taken: CoreErrand[] = [];
  const answers: (() => CoreListing)[] = [];
  let reads = 0;
  const sync = createCoreSync({
    list: {
      isOfOneWorkspace,
      read: async () => {
        const answer = answers[Math.min(reads, answers.length - 1)];
        reads += 1;
        return answer?.() ?? { ok: false, cause: 'nothing is said yet' };
      },
    },
    inbox: { take: (errand) => taken.push(errand) },
    memories,
    clock,
    desired: () => ({ services, frozen: [], problems: [], complete: true }),
    syncMs: SYNC_MS,
    maxPrunePercent,
    shortestPauseMs: 0,
  });
  const ending = new AbortController();
  let running: Promise<void> | undefined;
  onTestFinished(async () => {
    ending.abort();
    await running;
    store.close();
  });
  const look = async (
    listing: CoreListing,
    { laterMs = 10_000, heard = [] }: Circumstances = {},
  ): Promise<void> => {
    nowMs += laterMs;
    const before = reads;
    answers[before] = () => {
      heard.forEach(sync.heard);
      return listing;
    };
    if (running) sync.wake();
    else running = sync.run(ending.signal);
    await eventually(() => expect(reads).toBe(before + 1));
    await new Promise(setImmediate);
  };
  const gone = () =>
    taken.flatMap(({ kind, instanceId }) => (kind === 'unlisted' ? [instanceId] : []));
  return { look, gone, taken, memories, state, sync };
}

function listOf(...ids: readonly string[]): CoreListing & { readonly ok: true } {
  const wishes = ids.map((id) => {
    const { source: _source, ...wish } = created(id);
    return wish;
  });
  return { ok: true, wishes, complete: true };
}

const CREATED: CoreMemory = { service: 'own-a', wish: 'w' };

test('what is in no list twice goes, and only then', async () => {
  const { look, gone } = open({ has: { core: ['a', 'b'] } });
  await look(listOf('b'));
  expect(gone()).toEqual([]);
  await look(listOf('b'));
  expect(gone()).toEqual(['a']);
});

test('two lists that come at once are one', async () => {
  const { look, gone } = open({ has: { core: ['a', 'b'] } });
  await look(listOf('b'));
  await look(listOf('b'), { laterMs: 100 });
  expect(gone()).toEqual([]);
  await look(listOf('b'), { laterMs: 5_000 });
  expect(gone()).toEqual(['a']);
});

test('who is listed in between is not missed', async () => {
  const { look, gone } = open({ has: { core: ['a', 'b'] } });
  await look(listOf('b'));
  await look(listOf('a', 'b'));
  await look(listOf('b'));
  expect(gone()).toEqual([]);
});

test.each<[string, CoreListing]>([
  ['cannot be had', { ok: false, cause: 'it answers 401' }],
  ['is empty', listOf()],
  ['has an entry that cannot be read', { ...listOf('b'), complete: false }],
])('a list that %s removes nothing', async (_name, listing) => {
  const { look, gone } = open({ has: { core: ['a', 'b'] } });
  for (let round = 0; round < 3; round += 1) await look(listing);
  await look(listOf('b'));
  expect(gone()).toEqual([]);
});

test('a list with an entry that cannot be read says that nothing is removed for it', async () => {
  const { look, sync } = open({ has: { core: ['a'] } });
  await look({ ...listOf('a'), complete: false });
  expect(sync.troubles()).toEqual([expect.stringContaining('nothing is removed')]);
  await look(listOf('a'));
  expect(sync.troubles()).toEqual([]);
});

test('services of people and of the API are in no list of core, and stay', async () => {
  const { look, gone } = open({ has: { core: ['c'], file: ['a'], api: ['b'] } });
  for (let round = 0; round < 3; round += 1) await look(listOf('c'));
  expect(gone()).toEqual([]);
});

test('a list of one workspace says nothing of instances that it never showed', async () => {
  const { look, gone } = open({
    has: { core: ['a', 'b', 'other'] },
    remembered: { a: CREATED, b: CREATED, other: CREATED },
    isOfOneWorkspace: true,
  });
  await look(listOf('a', 'b'));
  for (let round = 0; round < 3; round += 1) await look(listOf('b'));
  expect(gone()).toEqual(['a', 'a']);
});

test('a list that lacks too much removes nothing, and says so', async () => {
  const { look, gone, sync } = open({ has: { core: ['a', 'b', 'c', 'd'] }, maxPrunePercent: 30 });
  for (let round = 0; round < 3; round += 1) await look(listOf('a'));
  expect(gone()).toEqual([]);
  expect(sync.troubles()).toEqual([expect.stringContaining('lacks 3 of its 4 services')]);
});

test('what a person removed is remembered as long as core has it', async () => {
  const removed = { service: 'gone', wish: 'w', listed: true };
  const { look, memories } = open({ has: { core: ['b'] }, remembered: { a: removed } });
  await look(listOf('a', 'b'));
  expect(memories.of('a')).toEqual(removed);
  await look(listOf('b'));
  expect(memories.all().has('a')).toBe(false);
});

test('a store that cannot be written for a moment ends nothing: the next list does what is left', async () => {
  const { look, taken, memories, state, sync } = open({ remembered: { a: CREATED } });
  state.isLocked = true;
  await look(listOf('a', 'b'));
  expect(sync.troubles()).toEqual([expect.stringContaining('database is locked')]);
  expect(taken.map(({ instanceId }) => instanceId)).toEqual(['a', 'b']);
  state.isLocked = false;
  await look(listOf('a', 'b'));
  expect([sync.troubles(), memories.of('a').listed]).toEqual([[], true]);
});

test('a list says nothing of what was heard of while it was read, and the next one does', async () => {
  const { look, taken } = open({});
  await look(listOf('a', 'b'), { heard: ['a'] });
  expect(taken.map(({ instanceId }) => instanceId)).toEqual(['b']);
  await look(listOf('a', 'b'));
  expect(taken.map(({ instanceId }) => instanceId)).toEqual(['b', 'a', 'b']);
});

test('who was heard of while a list was read is not missed in it', async () => {
  const { look, gone } = open({ has: { core: ['a', 'b'] } });
  await look(listOf('b'));
  await look(listOf('b'), { heard: ['a'] });
  await look(listOf('b'));
  expect(gone()).toEqual([]);
  await look(listOf('b'));
  expect(gone()).toEqual(['a']);
});

test('a list that too much was heard for while it was read says nothing at all', async () => {
  const { look, taken, sync } = open({});
  const heard = Array.from({ length: 20_001 }, (_, index) => `i${index}`);
  await look(listOf('a'), { heard });
  expect([taken, sync.troubles()]).toEqual([[], [expect.stringContaining('too much was heard')]]);
  await look(listOf('a'), { heard: heard.slice(1) });
  expect([taken, sync.troubles()]).toMatchObject([[{ instanceId: 'a' }], []]);
});

test('of a few services one may go, whatever share of them it is', async () => {
  const { look, gone, sync } = open({ has: { core: ['a', 'b'] }, maxPrunePercent: 30 });
  for (let round = 0; round < 2; round += 1) await look(listOf('b'));
  expect([gone(), sync.troubles()]).toEqual([['a'], []]);
});
