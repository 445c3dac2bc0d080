import { onTestFinished } from 'vitest';
import { createMemoryLease } from '../../src/adapters/memory/lease.ts';
import { createMemoryProber, type MemoryProber } from '../../src/adapters/memory/prober.ts';
import { createMemoryRouter, type MemoryRouter } from '../../src/adapters/memory/router.ts';
import { createMemoryRuntime } from '../../src/adapters/memory/runtime.ts';
import type { MemoryWorld } from '../../src/adapters/memory/world.ts';
import { openStore } from '../../src/adapters/sqlite/store.ts';
import type { ApiControl } from '../../src/api-control.ts';
import type { Inspection } from '../../src/control.ts';
import { createDrafter } from '../../src/desired/draft-service.ts';
import type { LoaderSettings } from '../../src/desired/expand.ts';
import { createChecks } from '../../src/desired/load.ts';
import type { Desired, DesiredService } from '../../src/model/service.ts';
import type { LoopWatcher, Readiness } from '../../src/metrics-ports.ts';
import type {
  Broker,
  Clock,
  Documents,
  Lease,
  Log,
  Router,
  Runtime,
  Secrets,
  SecretState,
  Store,
} from '../../src/ports.ts';
import type { Declarer } from '../../src/reconcile/written-service.ts';
import type { Draft } from '../../src/reconcile/control-import.ts';
import { createMotion } from '../../src/reconcile/motion.ts';

/** What outlives a manager: its store and what it made. */
export interface Ground {
  readonly store: Store;
  readonly memory: ReturnType<typeof createMemoryRuntime>;
  readonly router: MemoryRouter;
}

export interface WorldOptions {
  /** Left by an earlier manager; fresh by default. */
  readonly ground?: Ground;
  /** Comes between the manager and its ports: to count, to fail, to crash. */
  readonly between?: (ports: { runtime: Runtime; router: Router; store: Store }) => {
    runtime: Runtime;
    router: Router;
    store: Store;
  };
  /** `alone`: no manager runs; an apply does the work itself. */
  readonly mode?: 'auto' | 'approve' | 'alone';
  readonly broker?: Broker;
  readonly lease?: Lease;
  readonly watcher?: LoopWatcher;
  readonly clock?: Clock;
  readonly resyncMs?: number;
  readonly maxPrunePercent?: number;
  /** Whoever declares something is refused by default. */
  readonly declarer?: Declarer;
}

export interface TestWorld {
  readonly control: ApiControl;
  readonly inspection: Inspection;
  readonly readiness: () => Readiness;
  readonly runtime: MemoryWorld;
  readonly router: MemoryRouter;
  readonly prober: MemoryProber;
  readonly store: Store;
  readonly ground: Ground;
  /** Replaces the desired set and tells the manager that documents changed. */
  want(services: readonly DesiredService[], changes?: Partial<Desired>): void;
  /** Texts of documents that were written, by their files; nothing is read from them. */
  readonly written: ReadonlyMap<string, string | undefined>;
  /** Secrets that were kept, by their references. */
  readonly kept: Map<string, string>;
  /** Ends the manager; what it made stays. */
  stop(): Promise<void>;
  /** How it ended by itself. */
  readonly ended: Promise<void>;
  /** One line per service: `echo Running`. */
  states(): Promise<readonly string[]>;
}

/** A whole manager over a runtime, router, prober and documents without anything real; running. */
export function startWorld(options: WorldOptions = {}): TestWorld {
  const { mode = 'auto', clock = Date.now, resyncMs = 60_000, maxPrunePercent = 30 } = options;
  const { lease = createMemoryLease() } = options;
  const ground = options.ground ?? createGround(clock);
  const { world } = ground.memory;
  const real = { runtime: ground.memory.runtime, router: ground.router, store: ground.store };
  const { runtime, router, store } = options.between?.(real) ?? real;
  const prober = createMemoryProber();
  const desired = createDesired();
  const kept = new Map<string, string>();
  const motion = createMotion({
    settings: { resyncMs, deepMs: 600_000, maxPrunePercent },
    mode,
    identity: {
      managerId: 'test',
      version: '0',
      pid: 1,
      mode: mode === 'alone' ? 'none' : mode,
      runtime: 'memory',
      stateFolder: '/nowhere',
      startedAtMs: clock(),
    },
    log: SILENT,
    clock,
    documents: desired.documents,
    store,
    runtimes: new Map([['memory', runtime]]),
    router,
    prober,
    secrets: keepIn(kept),
    lease,
    load: desired.current,
    draft,
    declarer: options.declarer ?? NO_TEXTS,
    writeApproval: refuse,
    templateReader: { check: refuse, show: refuse, accept: refuse, render: refuse },
    ...(options.broker && { broker: options.broker }),
    ...(options.watcher && { watcher: options.watcher }),
  });
  const ending = new AbortController();
  const running = mode === 'alone' ? Promise.resolve() : motion.run(ending.signal);
  const stop = async (): Promise<void> => {
    ending.abort();
    await running.catch((error: unknown) => {
      if (!lease.lost.aborted) throw error;
    });
  };
  onTestFinished(stop);
  return {
    control: motion.control,
    inspection: motion.inspection,
    readiness: motion.readiness,
    runtime: world,
    router: ground.router,
    prober,
    store: ground.store,
    ground,
    want: desired.want,
    written: desired.written,
    kept,
    stop,
    ended: running,
    states: async () =>
      (await motion.control.status()).services.map(({ name, state }) => `${name} ${state}`),
  };
}

export function createGround(clock: Clock = Date.now): Ground {
  return {
    store: openStore({ file: ':memory:', source: '/test', clock, keepUndelivered: false }),
    memory: createMemoryRuntime({ clock }),
    router: createMemoryRouter(),
  };
}

/** Documents are given as values here. */
export const NO_TEXTS: Declarer = {
  find: () => undefined,
  declare: refuse,
  declareAll: refuse,
  transfer: refuse,
  expand: refuse,
};

function refuse(): never {
  throw new Error('documents are given as values here');
}

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const FOLDERS = { documentsFolder: '/desired', templatesFolder: '/templates' };

/** As documents of the runtime `memory` are read; compiling that takes a moment, so only who drafts waits. */
const draft: Draft = (...wanted) => createDrafter(DRAFTING, createChecks())(...wanted);

const DRAFTING: LoaderSettings = {
  runtime: 'memory',
  runtimes: ['memory'],
  policy: { allowRoot: false, allowedImages: [], allowedVolumeRoots: ['/srv'] },
};

function createDesired() {
  let now: Desired = { services: [], frozen: [], problems: [], complete: true };
  const wakes = new Set<() => void>();
  const written = new Map<string, string | undefined>();
  const documents: Documents = {
    // What they say is given as values here.
    read: () => Promise.resolve({ ok: true, ...FOLDERS, documents: [], templates: [] }),
    watch: (wake) => wakes.add(wake),
    write: async (file, _expected, text) => void written.set(file, text),
    ensureManagerId: (id) => Promise.resolve(id),
    writeTemplate: async () => {},
  };
  return {
    documents,
    written,
    current: () => now,
    want: (services: readonly DesiredService[], changes: Partial<Desired> = {}): void => {
      now = { services, frozen: [], problems: [], complete: true, ...changes };
      for (const wake of wakes) wake();
    },
  };
}

/** Secrets that nobody refers to; what is kept can be looked at. */
function stateOf(reference: string, kept: ReadonlyMap<string, string>): SecretState {
  const value = kept.get(reference);
  if (value !== undefined) return { kind: 'known', version: `k1-${value}` };
  return { kind: 'missing', cause: `there is no ${reference}` };
}

function keepIn(kept: Map<string, string>): Secrets {
  return {
    versions: async (references) => new Map(references.map((one) => [one, stateOf(one, kept)])),
    resolve: async (references) =>
      new Map(references.flatMap((one) => [[one, kept.get(one) ?? ''] as const])),
    keep: async (values) => values.forEach((value, reference) => kept.set(reference, value)),
    fingerprint: async (text) => `of ${text}`,
    drop: async (references) => references.forEach((reference) => kept.delete(reference)),
  };
}
