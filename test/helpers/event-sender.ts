import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openRedisBroker } from '../../src/adapters/redis/broker.ts';
import { openStore } from '../../src/adapters/sqlite/store.ts';
import type { AppError } from '../../src/errors.ts';
import type { Broker, Log, Store } from '../../src/ports.ts';
import { createDelivery } from '../../src/reconcile/deliver.ts';
import { eventually } from './eventually.ts';
import { createTempFolder } from './temp-folder.ts';

/** A store with its delivery to a real Redis, and what became of it. */
export interface Sender {
  readonly store: Store;
  readonly broker: Broker;
  readonly log: Log;
  readonly logged: readonly unknown[];
  readonly failures: readonly AppError[];
  commit(count: number, timeMs?: number): void;
  ids(): readonly string[];
  run(signal: AbortSignal): Promise<void>;
}

/** Opens both; nothing is delivered before `run`. Closed when the test ends. */
export async function openSender(url: string, file?: string): Promise<Sender> {
  const store = openStore({
    file: file ?? join(await createTempFolder(), 'state.db'),
    source: '/mcp-manager/test',
    clock: Date.now,
    keepUndelivered: true,
  });
  const logged: unknown[] = [];
  const note = (...line: readonly unknown[]) => void logged.push(line);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const broker = openRedisBroker({ url, log });
  onTestFinished(async () => {
    await broker.close();
    store.close();
  });
  const failures: AppError[] = [];
  const onFailure = (error: AppError) => void failures.push(error);
  const delivery = createDelivery({ store, broker, log, onFailure });
  return {
    store,
    broker,
    log,
    logged,
    failures,
    commit(count, timeMs = Date.now()) {
      const event = { type: 'step.started', timeMs, subject: 'echo', data: {} } as const;
      store.commit(Array.from({ length: count }, () => ({ kind: 'event', event })));
      delivery.wake();
    },
    ids: () => store.events(0, 100_000).map(({ event }) => event.id),
    run: (signal) => delivery.run(signal),
  };
}

/** Opens both and delivers until the test ends. */
export async function startSender(url: string): Promise<Sender> {
  const sender = await openSender(url);
  const controller = new AbortController();
  const running = sender.run(controller.signal);
  onTestFinished(async () => {
    controller.abort();
    await running;
  });
  return sender;
}

/** Runs the delivery until nothing is left, then ends it. */
export async function deliverAll(sender: Sender): Promise<void> {
  const controller = new AbortController();
  const running = sender.run(controller.signal);
  await eventually(() => expect(sender.store.deliveredUpTo()).toBe(sender.store.lastNumber()));
  controller.abort();
  await running;
}
