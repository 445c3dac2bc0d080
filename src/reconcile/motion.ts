import type { Control, Health } from '../control.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import type {
  Broker,
  Clock,
  Documents,
  DocumentSet,
  Log,
  Prober,
  Router,
  Runtime,
  Secrets,
  Store,
} from '../ports.ts';
import { announceCommits } from './announce.ts';
import { createCheckRecorder } from './checks.ts';
import { createCommitQueue } from './commit-queue.ts';
import { createControl } from './control.ts';
import { createDelivery, type Delivery } from './deliver.ts';
import { createDesiredSource } from './desired-source.ts';
import { createGather } from './gather.ts';
import { closeInterrupted } from './interrupted.ts';
import { createLoop, type Wake } from './loop.ts';
import { createObserverWatch } from './observer.ts';
import { createPassFeed } from './pass-feed.ts';
import { createProbeTable } from './probe-table.ts';
import { createReconciler } from './reconciler.ts';

/** Running steps may take so long to end at shutdown; what is not ended then is recorded at the next start. */
const REST_MS = 10_000;

export interface MotionParts {
  readonly settings: {
    readonly resyncMs: number;
    readonly deepMs: number;
    readonly maxPrunePercent: number;
  };
  readonly mode: 'auto' | 'approve';
  /** What `health` tells; `troubles` come from here. */
  readonly identity: Omit<Health, 'troubles'>;
  readonly log: Log;
  readonly clock: Clock;
  readonly documents: Documents;
  readonly store: Store;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly router: Router;
  readonly prober: Prober;
  readonly secrets: Secrets;
  readonly broker?: Broker;
  readonly load: (set: DocumentSet, accepted: ReadonlyMap<string, DesiredService>) => Desired;
}

export interface RunningMotion {
  readonly control: Control;
  /** Reconciles, probes and delivers until the signal aborts; then lets running steps end. */
  run(signal: AbortSignal): Promise<void>;
}

/** Joins the parts of the motion: who wakes whom, who tells whom. Decides nothing. */
export function createMotion(parts: MotionParts): RunningMotion {
  const { settings, mode, log, clock, runtimes, router, prober, secrets } = parts;
  const announcements = announceCommits(parts.store);
  const { store } = announcements;
  const commits = createCommitQueue(store);
  const troubles = new Map<string, string>();
  let live = false;
  const source = createDesiredSource({ documents: parts.documents, store, load: parts.load });
  const wake = (wanted: Wake): void => loop.wake(wanted);
  const observer = createObserverWatch({ prober, clock, log, onChange: () => wake({}) });
  const recordCheck = createCheckRecorder({
    store,
    commits,
    statuses: () => reconciler.statuses(),
    clock,
    log,
    wake: (service) => wake({ names: [service] }),
  });
  const probes = createProbeTable({
    prober,
    clock,
    onNews: recordCheck,
    onChecked: (failing, total) => observer.checked(failing, total),
    initial: [...store.histories().values()].flatMap(({ verification }) => verification ?? []),
  });
  const gather = createGather({
    desired: source.current,
    runtimes,
    router,
    secrets,
    store,
    verifications: probes.verifications,
    observer: observer.observer,
    maxPrunePercent: settings.maxPrunePercent,
    clock,
  });
  const reconciler = createReconciler({
    gather,
    mode,
    runtimes,
    router,
    secrets,
    store,
    commits,
    clock,
    log,
    wake,
    onTargets: probes.set,
  });
  const passes = createPassFeed();
  const loop = createLoop({
    clock,
    ...settings,
    onFailure: (error) => {
      troubles.set(
        'pass',
        `a pass failed: ${error instanceof Error ? error.message : String(error)}`,
      );
      log.error({ error }, 'A pass failed; it is tried again.');
    },
    pass: async (look, signal) => {
      const ended = passes.began(look);
      try {
        if (look.documents) await source.refresh(signal);
        const alarms = await reconciler.pass(look, signal);
        troubles.delete('pass');
        return alarms;
      } finally {
        ended();
      }
    },
  });
  const control = createControl({
    managerId: parts.identity.managerId,
    announcements,
    reconciler,
    gather,
    desired: source.current,
    refresh: () => source.refresh(new AbortController().signal),
    runtimes,
    wake,
    passes,
    mode,
    isLive: () => live,
    health: () => ({
      ...parts.identity,
      troubles: [...troubles.values(), ...routerTrouble(router), ...delivery.troubles()],
    }),
    clock,
  });
  const delivery = createBrokerDelivery(parts, store);

  return {
    control,
    async run(signal) {
      closeInterrupted(store, clock);
      live = true;
      parts.documents.watch(() => wake({ documents: true }), signal);
      for (const runtime of runtimes.values()) {
        runtime.watch((name) => wake(name === undefined ? {} : { names: [name] }), signal);
      }
      router.watch(() => wake({}), signal);
      announcements.onCommit(delivery.wake, signal);
      await Promise.all([
        loop.run(signal),
        probes.run(signal),
        observer.run(signal),
        delivery.run(signal),
      ]);
      await Promise.race([reconciler.rest(), timeout(REST_MS)]);
      await commits.rest();
    },
  };
}

/** Without a broker nothing is delivered, and nothing is missed. */
function createBrokerDelivery(
  { broker, log }: MotionParts,
  store: Store,
): Delivery & { readonly troubles: () => readonly string[] } {
  if (!broker) return { wake: () => {}, run: () => Promise.resolve(), troubles: () => [] };
  let failure: string | undefined;
  const delivery = createDelivery({
    store,
    broker,
    log,
    onFailure: (error) => {
      failure = error.message;
      log.debug({ code: error.code }, error.message);
    },
  });
  const isBehind = (): boolean => store.deliveredUpTo() < store.lastNumber();
  return { ...delivery, troubles: () => (failure !== undefined && isBehind() ? [failure] : []) };
}

function routerTrouble(router: Router): readonly string[] {
  const seen = router.observe();
  return seen.ok ? [] : [seen.cause];
}

function timeout(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms).unref();
  return promise;
}
