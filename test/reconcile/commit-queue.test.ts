import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { StoreChange } from '../../src/model/journal.ts';
import { createCommitQueue } from '../../src/reconcile/commit-queue.ts';

const removal = (service: string, atMs = 0): StoreChange => ({ kind: 'removal', service, atMs });

/** Keeps each transaction as the names in it; refuses those with a name that is given. */
function createStore(refused?: string) {
  const commits: string[][] = [];
  return {
    commits,
    commit(changes: readonly StoreChange[]): void {
      const names = changes.flatMap((change) => ('service' in change ? [change.service] : []));
      if (refused !== undefined && names.includes(refused)) throw new Error(`no ${refused}`);
      commits.push(names);
    },
  };
}

test('what many services record at the same time is written together, in order', async () => {
  const store = createStore();
  const queue = createCommitQueue(store);
  await Promise.all(['a', 'b', 'c'].map((name) => queue.commit(name, () => [removal(name)])));
  expect(store.commits).toEqual([['a', 'b', 'c']]);
});

test('the event loop turns between bounded transactions', async () => {
  const store = createStore();
  const queue = createCommitQueue(store);
  const names = Array.from({ length: 120 }, (_, index) => `service-${index}`);
  const all = Promise.all(names.map((name) => queue.commit(name, () => [removal(name)])));
  const seen: number[] = [];
  const look = (): void => {
    seen.push(store.commits.length);
    if (store.commits.length < 3) setImmediate(look);
  };
  setImmediate(look);
  await all;
  await queue.rest();
  expect(store.commits.flat()).toEqual(names);
  expect(Math.max(...store.commits.map(({ length }) => length))).toBe(16);
  expect(seen).toEqual(expect.arrayContaining([1, 2]));
});

test('a second record of the same service is asked for only when the first is written', async () => {
  const store = createStore();
  const queue = createCommitQueue(store);
  const found: number[] = [];
  const record = (): readonly StoreChange[] => {
    found.push(store.commits.length);
    return [removal('a')];
  };
  await Promise.all([queue.commit('a', record), queue.commit('a', record)]);
  expect(found).toEqual([0, 1]);
});

test('one that cannot be written fails alone', async () => {
  const store = createStore('bad');
  const queue = createCommitQueue(store);
  const ends = await Promise.allSettled(
    ['a', 'bad', 'b'].map((name) => queue.commit(name, () => [removal(name)])),
  );
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(store.commits).toEqual([['a'], ['b']]);
});

test('of a store that takes nothing now each batch is one try', async () => {
  let tries = 0;
  const queue = createCommitQueue({
    commit: () => {
      tries += 1;
      throw new AppError('STATE_UNWRITABLE', 'the database is locked');
    },
  });
  const ends = await Promise.allSettled(
    ['a', 'b', 'c'].map((name) => queue.commit(name, () => [removal(name)])),
  );
  const reason = expect.objectContaining({ code: 'STATE_UNWRITABLE' });
  expect(ends).toEqual(ends.map(() => ({ status: 'rejected', reason })));
  expect(tries).toBe(1);
});

test('rest waits for what was given before, also when that is refused', async () => {
  const store = createStore('bad');
  const queue = createCommitQueue(store);
  const refused = queue.commit('bad', () => [removal('bad')]).catch(() => 'refused');
  void queue.commit('a', () => [removal('a')]);
  await queue.rest();
  expect(store.commits).toContainEqual(['a']);
  expect(await refused).toBe('refused');
});
