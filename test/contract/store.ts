import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Store } from '../../src/ports.ts';
import { answersContract } from './store-answers.ts';
import { coreContract } from './store-core.ts';
import {
  anyChange,
  event,
  everything,
  idsOf,
  intent,
  many,
  NOW_MS,
  numberIntents,
  removal,
  restart,
} from './store-changes.ts';
import { workspaceContract } from './store-workspace.ts';

/** What a suite needs to make a store: a fresh one, and the same one again after a restart. */
export interface StoreUnderTest {
  readonly open: (options?: StoreVariant) => Store;
  /** Closes it and opens what it left; absent where nothing is left. */
  readonly reopen?: (store: Store) => Store;
}

export interface StoreVariant {
  readonly keepUndelivered?: boolean;
  readonly clock?: () => number;
  readonly retention?: Readonly<Record<string, number>>;
}

type Create = () => Promise<StoreUnderTest>;

/** The promises of the port Store, the same for every adapter: call it inside a `describe`. */
export function storeContract(create: Create): void {
  memoryContract(create);
  eventsContract(create);
  renewalContract(create);
  journalContract(create);
  workspaceContract(create);
  transactionContract(create);
  retentionContract(create);
  trimmingContract(create);
  answersContract(create);
  coreContract(create);
}

function eventsContract(create: Create): void {
  it('numbers events from 1 and counts each subject by itself', async () => {
    const store = (await create()).open();

    store.commit([event('echo'), event('files'), event(undefined)]);
    store.commit([event('echo'), event(undefined)]);

    const events = store.events(0, 10);
    expect(events.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(events.map(({ event: { id } }) => id)).toEqual(
      [1, 2, 3, 4, 5].map((number) => `${store.producer}/${number}`),
    );
    expect(events.map(({ event: { subject, sequence } }) => [subject, sequence])).toEqual([
      ['echo', '1'],
      ['files', '1'],
      [undefined, '1'],
      ['echo', '2'],
      [undefined, '2'],
    ]);
  });

  it('hands out events above a number, in order, at most so many', async () => {
    const store = (await create()).open();
    store.commit(Array.from({ length: 5 }, () => event('echo')));

    expect(store.events(2, 2).map(({ number }) => number)).toEqual([3, 4]);
    expect(store.events(5, 2)).toEqual([]);
  });
}

function memoryContract(create: Create): void {
  it('starts empty, with a producer of its own', async () => {
    const [one, other] = [(await create()).open(), (await create()).open()];

    expect(one.producer).toMatch(/^[0-9a-f-]{36}$/);
    expect(one.producer).not.toBe(other.producer);
    expect([...one.histories()]).toEqual([]);
    expect(one.requests()).toEqual([]);
    expect(one.journal({ limit: 10 })).toEqual([]);
    expect(one.events(0, 10)).toEqual([]);
    expect(one.deliveredUpTo()).toBe(0);
  });

  it('remembers histories until they are removed, and never changes what it handed out', async () => {
    const store = (await create()).open();
    store.commit([{ kind: 'history', service: 'echo', history: { changedAtMs: 1 } }]);
    const before = store.histories();

    store.commit([
      { kind: 'history', service: 'echo', history: { changedAtMs: 2, lastLog: ['bye'] } },
      { kind: 'history', service: 'files', history: {} },
    ]);
    store.commit([{ kind: 'history-removed', service: 'files' }]);

    expect([...before]).toEqual([['echo', { changedAtMs: 1 }]]);
    expect([...store.histories()]).toEqual([['echo', { changedAtMs: 2, lastLog: ['bye'] }]]);
  });

  it('keeps requests in the order they came until they are spent', async () => {
    const store = (await create()).open();

    store.commit([
      { kind: 'request', request: restart('a', 'echo') },
      { kind: 'request', request: restart('b', 'files') },
      { kind: 'request', request: restart('a', 'echo2') },
    ]);
    expect(store.requests()).toEqual([restart('a', 'echo2'), restart('b', 'files')]);

    store.commit([{ kind: 'request-spent', id: 'a' }]);
    expect(store.requests()).toEqual([restart('b', 'files')]);
  });

  it('names the services removed since a moment', async () => {
    const store = (await create()).open({ clock: () => NOW_MS });

    store.commit([0, 5, 10].map((seconds) => removal(NOW_MS - seconds * 1000)));

    expect(store.removalsSince(NOW_MS - 5000)).toEqual(['echo', 'echo']);
    expect(store.removalsSince(NOW_MS + 1)).toEqual([]);
  });
}

function renewalContract(create: Create): void {
  it('goes on under a new producer with what is undelivered', async () => {
    const { open, reopen } = await create();
    let store = open();
    store.commit([event('echo'), event('files'), event('echo'), event(undefined), event('echo')]);
    store.delivered(2);
    const former = store.producer;

    store.renewProducer();
    store = reopen?.(store) ?? store;
    store.commit([event('echo')]);

    expect(store.producer).not.toBe(former);
    expect(store.deliveredUpTo()).toBe(0);
    expect(store.lastNumber()).toBe(6);
    const events = store.events(0, 10).map(({ number, event: { id, subject, sequence } }) => {
      return { number, id: id.replace(`${store.producer}/`, ''), subject, sequence };
    });
    expect(events).toEqual([
      { number: 3, id: '3', subject: 'echo', sequence: '1' },
      { number: 4, id: '4', subject: undefined, sequence: '1' },
      { number: 5, id: '5', subject: 'echo', sequence: '2' },
      { number: 6, id: '6', subject: 'echo', sequence: '3' },
    ]);
  });
}

function journalContract(create: Create): void {
  it('tells the journal newest first, by service, and what is unfinished', async () => {
    const store = (await create()).open();
    store.commit([intent('1', 'echo'), intent('2', 'files'), intent('3', 'echo')]);
    store.commit([
      { kind: 'outcome', outcome: { intentId: '1', result: 'done', atMs: NOW_MS + 5 } },
      {
        kind: 'outcome',
        outcome: {
          intentId: '2',
          result: 'failed',
          atMs: NOW_MS,
          code: 'TIMED_OUT',
          message: 'no',
        },
      },
    ]);

    expect(idsOf(store, { limit: 10 })).toEqual(['3', '2', '1']);
    expect(idsOf(store, { limit: 2 })).toEqual(['3', '2']);
    expect(idsOf(store, { service: 'echo', limit: 10 })).toEqual(['3', '1']);
    expect(idsOf(store, { unfinished: true, limit: 10 })).toEqual(['3']);
    expect(idsOf(store, { service: 'files', unfinished: true, limit: 10 })).toEqual([]);
    const [last, failed, done] = store.journal({ limit: 10 });
    expect(last).toEqual(intent('3', 'echo').intent);
    expect(failed).toMatchObject({ result: 'failed', code: 'TIMED_OUT', message: 'no' });
    expect(done).toMatchObject({ result: 'done', endedAtMs: NOW_MS + 5 });
  });
}

function transactionContract(create: Create): void {
  it('writes all changes of a commit or none', async () => {
    const store = (await create()).open();
    store.commit([intent('1', 'echo')]);

    const commit = () =>
      store.commit([
        { kind: 'history', service: 'echo', history: {} },
        event('echo'),
        intent('1', 'echo'),
      ]);

    expect(commit).toThrow(/constraint/i);
    expect([...store.histories()]).toEqual([]);
    expect(store.events(0, 10)).toEqual([]);
    store.commit([event('echo')]);
    expect(store.events(0, 10)).toMatchObject([{ number: 1, event: { sequence: '1' } }]);
  });

  it('is the same after a restart as before, whatever was committed', async () => {
    const under = await create();
    const { reopen } = under;
    if (reopen === undefined) return;
    let store = under.open();
    const numbered = numberIntents();
    fc.assert(
      fc.property(fc.array(fc.array(anyChange, { maxLength: 6 }), { maxLength: 5 }), (commits) => {
        for (const changes of commits) store.commit(changes.map(numbered));
        const before = everything(store);
        store = reopen(store);
        expect(everything(store)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });
}

function retentionContract(create: Create): void {
  it('keeps every undelivered event and the last delivered ones', async () => {
    const store = (await create()).open({ retention: { events: 100 } });
    for (let batch = 0; batch < 10; batch += 1) store.commit(many(100));
    expect(store.events(0, 2000)).toHaveLength(1000);

    for (let number = 100; number <= 900; number += 100) store.delivered(number);

    const [oldest] = store.events(0, 1);
    expect(oldest?.number).toBeGreaterThan(700);
    expect(oldest?.number).toBeLessThanOrEqual(801);
    expect(store.events(900, 2000)).toHaveLength(100);
  });

  it('keeps only the last events when no broker will ever take them', async () => {
    const store = (await create()).open({ keepUndelivered: false, retention: { events: 100 } });

    for (let batch = 0; batch < 10; batch += 1) store.commit(many(100));

    const kept = store.events(0, 2000);
    expect(kept.length).toBeGreaterThanOrEqual(100);
    expect(kept.length).toBeLessThan(200);
    expect(kept.at(-1)?.number).toBe(1000);
  });

  it('never gives a number twice, though all events are trimmed', async () => {
    const { open, reopen } = await create();
    let store = open({ retention: { events: 0 } });
    store.commit(many(200));
    store.delivered(200);
    expect(store.events(0, 1000)).toEqual([]);
    expect(store.lastNumber()).toBe(200);

    store = reopen?.(store) ?? store;
    store.commit([event('echo')]);

    expect(store.events(0, 10)).toMatchObject([{ number: 201, event: { sequence: '201' } }]);
  });
}

function trimmingContract(create: Create): void {
  it('forgets the journal beyond its bounds, oldest first', async () => {
    const store = (await create()).open({ retention: { journalPerService: 3, journal: 20 } });

    store.commit(Array.from({ length: 200 }, (_, index) => intent(`e${index}`, 'echo')));
    store.commit(
      Array.from({ length: 100 }, (_, index) => intent(`s${index}`, `service-${index}`)),
    );

    expect(idsOf(store, { service: 'echo', limit: 100 }).length).toBeLessThanOrEqual(3);
    const kept = idsOf(store, { limit: 1000 });
    expect(kept[0]).toBe('s99');
    expect(kept.length).toBeLessThan(20 + 50);
  });

  it('forgets removals after a day', async () => {
    let nowMs = NOW_MS;
    const store = (await create()).open({ clock: () => nowMs });
    store.commit([removal(nowMs)]);

    nowMs += 25 * 60 * 60 * 1000;
    store.commit([removal(nowMs)]);

    expect(store.removalsSince(0)).toHaveLength(1);
  });
}
