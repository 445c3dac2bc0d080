import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { createMemoryProber } from '../src/adapters/memory/prober.ts';
import { createMemoryLease } from '../src/adapters/memory/lease.ts';
import { createMemoryRouter } from '../src/adapters/memory/router.ts';
import { createMemoryRuntime } from '../src/adapters/memory/runtime.ts';
import { openStore } from '../src/adapters/sqlite/store.ts';
import type { Control } from '../src/control.ts';
import type { StoreChange } from '../src/model/journal.ts';
import type { Desired, DesiredService } from '../src/model/service.ts';
import type {
  Broker,
  Documents,
  DocumentSet,
  Log,
  Prober,
  Runtime,
  Secrets,
  Store,
} from '../src/ports.ts';
import { createMotion } from '../src/reconcile/motion.ts';
import { wanted } from '../test/helpers/services.ts';

/** Everything around a manager but the manager: memory runtime and router, a real store on disk. */
export interface Ground {
  readonly runtime: Runtime;
  readonly router: ReturnType<typeof createMemoryRouter>;
  readonly world: ReturnType<typeof createMemoryRuntime>['world'];
  readonly store: Store;
  /** How many transactions were written. */
  readonly commits: () => number;
}

export interface Fleet {
  readonly control: Control;
  /** Wakes the manager as a change in the documents does. */
  want(services: readonly DesiredService[]): void;
  stop(): Promise<void>;
}

export interface FleetOptions {
  readonly ground: Ground;
  readonly prober?: Prober;
  readonly broker?: Broker;
  /** Documents given as values where absent. */
  readonly documents?: Documents;
  readonly load?: (set: DocumentSet, accepted: ReadonlyMap<string, DesiredService>) => Desired;
}

export const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
export const NO_SECRETS: Secrets = {
  versions: () => Promise.resolve(new Map()),
  resolve: () => Promise.resolve(new Map()),
  keep: () => Promise.resolve(),
  fingerprint: (text) => Promise.resolve(text),
  drop: () => Promise.resolve(),
};
/** The defaults of the configuration. */
export const SETTINGS = { resyncMs: 30_000, deepMs: 600_000, maxPrunePercent: 30 };

const MOST_WAIT_MS = 300_000;

/** A fresh ground whose store lies in the folder; `committed` is told what was the last event then. */
export function createGround(folder: string, committed?: (lastNumber: number) => void): Ground {
  const { runtime: memory, world } = createMemoryRuntime();
  const runtime = answeringLater(memory);
  const real = openStore({
    file: join(folder, 'state.db'),
    source: '/mcp-manager/bench',
    clock: Date.now,
    keepUndelivered: false,
  });
  let commits = 0;
  const store: Store = {
    ...real,
    get producer() {
      return real.producer;
    },
    commit(changes: readonly StoreChange[]) {
      if (changes.length > 0) commits += 1;
      real.commit(changes);
      committed?.(real.lastNumber());
    },
  };
  return { runtime, world, router: createMemoryRouter(), store, commits: () => commits };
}

/** No real runtime answers within the same turn of the event loop. */
function answeringLater(memory: Runtime): Runtime {
  return {
    ...memory,
    async observe(request, signal) {
      await nextTurn();
      return memory.observe(request, signal);
    },
    async perform(step, values, signal) {
      await nextTurn();
      return memory.perform(step, values, signal);
    },
  };
}

/** A prober that finds all well, in the next turn at the earliest. */
function createBenchProber(): Prober {
  const memory = createMemoryProber();
  return {
    ...memory,
    async verify(target, signal) {
      await nextTurn();
      return memory.verify(target, signal);
    },
  };
}

/** What writes for programs and people: none does. */
const UNUSED = {
  draft: refuse,
  writeApproval: refuse,
  templateReader: { check: refuse, show: refuse, accept: refuse, render: refuse },
  declarer: {
    find: () => undefined,
    declare: refuse,
    declareAll: refuse,
    transfer: refuse,
    expand: refuse,
  },
};

/** A whole manager that runs over the ground. */
export function startFleet({
  ground,
  prober = createBenchProber(),
  ...options
}: FleetOptions): Fleet {
  const source = createValues();
  const motion = createMotion({
    settings: SETTINGS,
    mode: 'auto',
    identity: {
      managerId: 'bench',
      version: '0',
      pid: process.pid,
      mode: 'auto',
      runtime: 'memory',
      stateFolder: '',
      startedAtMs: Date.now(),
    },
    log: SILENT,
    clock: Date.now,
    documents: options.documents ?? source.documents,
    store: ground.store,
    runtimes: new Map([['memory', ground.runtime]]),
    router: ground.router,
    prober,
    secrets: NO_SECRETS,
    lease: createMemoryLease(),
    load: options.load ?? source.current,
    ...(options.broker && { broker: options.broker }),
    ...UNUSED,
  });
  const ending = new AbortController();
  const running = motion.run(ending.signal);
  return {
    control: motion.control,
    want: source.want,
    stop: async () => {
      ending.abort();
      await running;
    },
  };
}

/** Until all services are in the state; answers when that was first seen, by performance.now. */
export async function untilAll(
  { control }: Fleet,
  count: number,
  state = 'Running',
): Promise<number> {
  const endMs = performance.now() + MOST_WAIT_MS;
  while (performance.now() < endMs) {
    const { services } = await control.status();
    if (services.filter((service) => service.state === state).length === count) {
      return performance.now();
    }
    await sleep(10);
  }
  throw new Error(`not all ${count} services are ${state} within ${MOST_WAIT_MS} ms`);
}

/** So many services as documents typically declare them: some environment, defaults filled in. */
export function makeServices(count: number, level = 'info'): readonly DesiredService[] {
  return Array.from({ length: count }, (_, index) =>
    wanted(`service-${String(index).padStart(4, '0')}`, {
      spec: { env: { LOG_LEVEL: level, GREETING: 'hello', INDEX: String(index) } },
    }),
  );
}

function createValues() {
  let now: Desired = { services: [], frozen: [], problems: [], complete: true };
  const wakes = new Set<() => void>();
  const documents: Documents = {
    read: () => Promise.resolve({ ok: false, cause: 'documents are given as values here' }),
    watch: (wake) => void wakes.add(wake),
    write: () => Promise.reject(new Error('documents are given as values here')),
    ensureManagerId: (id) => Promise.resolve(id),
    writeTemplate: async () => {},
  };
  return {
    documents,
    current: () => now,
    want(services: readonly DesiredService[]): void {
      now = { services, frozen: [], problems: [], complete: true };
      for (const wake of wakes) wake();
    },
  };
}

function refuse(): never {
  throw new Error('documents are not written here');
}
