import { RETENTION } from '../../src/adapters/sqlite/retention.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/adapters/sqlite/store.ts';
import type { AppError } from '../../src/errors.ts';
import type { Log, Store } from '../../src/ports.ts';
import { createDelivery } from '../../src/reconcile/deliver.ts';
import { eventually } from '../helpers/eventually.ts';
import { createFakeBroker } from '../helpers/fake-broker.ts';

describe('The delivery of events', () => {
  it('takes everything over in order, in batches, and says how far it is', async () => {
    const { store, broker, commit } = start();

    commit(1100);

    await eventually(() => expect(store.deliveredUpTo()).toBe(1100));
    expect(broker.numbers()).toEqual(upTo(1100));
    expect(Math.max(...broker.sizes())).toBe(500);
  });

  it('starts with what was left, and sleeps until it is woken', async () => {
    const { store, broker, commit } = start({ before: 3 });
    await eventually(() => expect(store.deliveredUpTo()).toBe(3));
    const calls = broker.calls();

    commit(1);

    await eventually(() => expect(store.deliveredUpTo()).toBe(4));
    expect(broker.calls()).toBe(calls + 1);
  });

  it('ends when it is told to, also while the broker is away', async () => {
    const { broker, stop, failures } = start({ before: 1, retryMs: 60_000, failing: true });
    await eventually(() => expect(failures).toHaveLength(1));

    await stop();

    expect(broker.numbers()).toEqual([]);
  });
});

describe('The delivery of events in an outage', () => {
  it('waits longer after each failure, tells of one outage once, and never drops an event', async () => {
    const { store, broker, commit, failures } = start();
    broker.fail(4);

    commit(10);

    await eventually(() => expect(store.deliveredUpTo()).toBe(10));
    expect(failures.map(({ code }) => code)).toEqual(['BROKER_UNAVAILABLE']);
    // 5 ms, then twice as long each time; timers may be early.
    const pauses = broker.pausesMs().slice(1, 5);
    [4, 9, 19, 38].forEach((ms, index) => expect(pauses[index]).toBeGreaterThan(ms));
    expect(broker.numbers()).toEqual(upTo(10));
  });

  it('tells of the next outage again', async () => {
    const { store, broker, commit, failures } = start();
    broker.fail(2);
    commit(1);
    await eventually(() => expect(store.deliveredUpTo()).toBe(1));

    broker.fail(2);
    commit(1);

    await eventually(() => expect(store.deliveredUpTo()).toBe(2));
    expect(failures).toHaveLength(2);
  });

  it('does not try more often because more is committed', async () => {
    const { broker, commit, failures } = start({ retryMs: 60_000 });
    broker.fail(1000);
    commit(1);
    await eventually(() => expect(failures).toHaveLength(1));
    const calls = broker.calls();

    for (let count = 0; count < 20; count += 1) {
      commit(1);
      await new Promise(setImmediate);
    }

    expect(broker.calls()).toBe(calls);
  });

  it('tries at once when the connection is back', async () => {
    const { store, broker, commit, failures } = start({ retryMs: 60_000 });
    broker.fail(1);
    commit(5);
    await eventually(() => expect(failures).toHaveLength(1));

    broker.reconnect();

    await eventually(() => expect(store.deliveredUpTo()).toBe(5));
  });

  it('does not count as sent what was stored though the answer was lost', async () => {
    const { store, broker, commit } = start();
    broker.failAfterStoring(2);

    commit(700);

    await eventually(() => expect(store.deliveredUpTo()).toBe(700));
    expect(broker.numbers()).toEqual(upTo(700));
  });
});

describe('A broker that went back in time', () => {
  it('gets the lost tail again when the connection is back, though nothing new happened', async () => {
    const { store, broker, commit } = start();
    commit(20);
    await eventually(() => expect(store.deliveredUpTo()).toBe(20));
    broker.loseAbove(5);

    broker.reconnect();

    await eventually(() => expect(broker.numbers()).toEqual(upTo(20)));
    await eventually(() => expect(store.deliveredUpTo()).toBe(20));
  });

  it('gets the lost tail before the next event though the connection never broke', async () => {
    const { store, broker, commit } = start();
    commit(20);
    await eventually(() => expect(store.deliveredUpTo()).toBe(20));
    broker.loseAbove(5);

    commit(1);

    await eventually(() => expect(broker.numbers()).toEqual(upTo(21)));
  });

  it('goes on with what is kept, and the log says what is not', async () => {
    const { store, broker, commit, logged } = start({ keep: 100 });
    for (let round = 1; round <= 10; round += 1) {
      commit(100);
      await eventually(() => expect(store.deliveredUpTo()).toBe(round * 100));
    }
    const [oldest] = store.events(0, 1);
    broker.loseAbove(5);

    broker.reconnect();

    await eventually(() => expect(broker.numbers().at(-1)).toBe(1000));
    const from = oldest?.number ?? 0;
    expect(from).toBeGreaterThan(6);
    expect(broker.numbers()).toEqual([...upTo(5), ...upTo(1000).slice(from - 1)]);
    expect(logged).toContainEqual([{ from: 6, to: from - 1 }, expect.any(String)]);
  });

  it('that knows later events of this store gets them as a new producer', async () => {
    const { store, broker, stop } = start({ before: 3, storedBefore: 10 });
    const former = broker.producers()[0];

    await eventually(() => expect(store.deliveredUpTo()).toBe(3));

    expect(store.producer).not.toBe(former);
    expect(broker.numbers(store.producer)).toEqual(upTo(3));
    await stop();
  });
});

interface Variant {
  /** Events committed before the delivery starts. */
  readonly before?: number;
  /** What the broker claims to have of this producer before. */
  readonly storedBefore?: number;
  readonly retryMs?: number;
  readonly keep?: number;
  readonly failing?: boolean;
}

function start({
  before = 0,
  storedBefore = 0,
  retryMs = 5,
  keep = 10_000,
  failing,
}: Variant = {}) {
  const store = openStore({
    file: ':memory:',
    source: '/test',
    clock: Date.now,
    keepUndelivered: true,
    retention: { ...RETENTION, events: keep },
  });
  const broker = createFakeBroker();
  if (failing === true) broker.fail(1_000_000);
  broker.claim(store.producer, storedBefore);
  const logged: unknown[] = [];
  const failures: AppError[] = [];
  const delivery = createDelivery({
    store,
    broker,
    log: createLog(logged),
    onFailure: (error) => void failures.push(error),
    firstRetryMs: retryMs,
    lastRetryMs: retryMs * 8,
  });
  addEvents(store, before);
  const controller = new AbortController();
  const running = delivery.run(controller.signal);
  const stop = () => {
    controller.abort();
    return running;
  };
  onTestFinished(async () => {
    await stop();
    store.close();
  });
  const commit = (count: number) => {
    addEvents(store, count);
    delivery.wake();
  };
  return { store, broker, failures, logged, commit, stop };
}

function addEvents(store: Store, count: number): void {
  const event = { type: 'step.started', timeMs: 0, subject: 'echo', data: {} } as const;
  store.commit(Array.from({ length: count }, () => ({ kind: 'event', event })));
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

function createLog(logged: unknown[]): Log {
  const note = (...line: readonly unknown[]) => void logged.push(line);
  return { debug: note, info: note, warn: note, error: note };
}
