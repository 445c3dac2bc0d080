import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openRedisBroker } from '../src/adapters/redis/broker.ts';
import { openStore } from '../src/adapters/sqlite/store.ts';
import type { StoreChange } from '../src/model/journal.ts';
import type { Broker, Store } from '../src/ports.ts';
import { createDelivery } from '../src/reconcile/deliver.ts';
import { eventOf } from '../src/reconcile/tell.ts';
import { makeServices, SILENT } from './fleet.ts';
import { withFolder } from './folder.ts';
import { startRedis } from './redis-server.ts';
import type { Table } from './table.ts';

const SERVICES = 1_000;
const COMMITS = 1_000;
const EVENTS = 20_000;
const BATCH = 500;
const MOST_WAIT_MS = 60_000;

/** What the store on the disk can take, and how fast its outbox empties. */
export async function measureStore(): Promise<readonly Table[]> {
  return withFolder(async (folder) => {
    const store = openBenchStore(join(folder, 'state.db'));
    fill(store);
    const rows = [
      row('commits of one step each (intent, event), durable', COMMITS, timeSteps(store)),
      row(`events in commits of ${BATCH}`, EVENTS, timeEvents(store)),
      row('events read from the outbox', EVENTS, timeReads(store)),
      await redisRow(store, folder),
    ];
    store.close();
    return [
      {
        title: 'Store and outbox',
        notes: [
          `SQLite on the disk of this machine, each commit synced; ${SERVICES} services in the store.`,
        ],
        columns: ['what', 'per second', 'ms each'],
        rows,
      },
    ];
  });
}

function openBenchStore(file: string): Store {
  return openStore({
    file,
    source: '/mcp-manager/bench',
    clock: Date.now,
    keepUndelivered: true,
  });
}

function fill(store: Store): void {
  store.commit(
    makeServices(SERVICES).map((accepted) => ({
      kind: 'history',
      service: accepted.name,
      history: { accepted, acceptedDigest: accepted.revision },
    })),
  );
}

function timeSteps(store: Store): number {
  const startMs = performance.now();
  for (let index = 0; index < COMMITS; index += 1) {
    const service = `service-${String(index % SERVICES).padStart(4, '0')}`;
    const intent = {
      id: randomUUID(),
      service,
      kind: 'create' as const,
      target: `mcp-${service}`,
      cause: 'not found',
      planId: 'plan',
      atMs: Date.now(),
    };
    store.commit([{ kind: 'intent', intent }, toEvent(service)]);
  }
  return performance.now() - startMs;
}

function timeEvents(store: Store): number {
  const startMs = performance.now();
  for (let index = 0; index < EVENTS / BATCH; index += 1) {
    store.commit(Array.from({ length: BATCH }, (_, n) => toEvent(`service-${n}`)));
  }
  return performance.now() - startMs;
}

function toEvent(service: string): StoreChange {
  const data = { step: 'create', target: `mcp-${service}`, cause: 'not found' };
  return { kind: 'event', event: eventOf('step.started', { service }, Date.now(), data) };
}

function timeReads(store: Store): number {
  const startMs = performance.now();
  for (let read = 0; read < EVENTS;) read += store.events(read, BATCH).length;
  return performance.now() - startMs;
}

async function redisRow(store: Store, folder: string): Promise<string[]> {
  const what = 'events delivered to Redis';
  const server = await startRedis(folder);
  if (!server) return [`${what}: left out, neither REDIS_URL nor redis-server`, '', ''];
  const broker = openRedisBroker({ url: server.url, stream: '{bench}:events', log: SILENT });
  try {
    return row(what, store.lastNumber(), await timeDelivery(store, broker));
  } finally {
    await broker.close();
    await server.stop();
  }
}

async function timeDelivery(store: Store, broker: Broker): Promise<number> {
  const ending = new AbortController();
  const failed = Promise.withResolvers<never>();
  const delivery = createDelivery({ store, broker, onFailure: failed.reject, log: SILENT });
  const last = store.lastNumber();
  const startMs = performance.now();
  const running = delivery.run(ending.signal);
  const deadlineMs = startMs + MOST_WAIT_MS;
  while (store.deliveredUpTo() < last && performance.now() < deadlineMs) {
    await Promise.race([new Promise((resolve) => setImmediate(resolve)), failed.promise]);
  }
  const wallMs = performance.now() - startMs;
  ending.abort();
  await running;
  return wallMs;
}

function row(what: string, count: number, wallMs: number): string[] {
  const perSecond = Math.round((count / wallMs) * 1_000);
  return [what, perSecond.toLocaleString('en'), (wallMs / count).toFixed(3)];
}
