import type { ServiceStatus } from '../model/status.ts';
import type { Observer } from '../plan/input.ts';
import type { Clock, Log, Prober, Router, Store } from '../ports.ts';
import { createCheckRecorder } from './checks.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { Wake } from './loop.ts';
import { createObserverWatch } from './observer.ts';
import { createProbeTable, type ProbeTable } from './probe-table.ts';

export interface CheckingOptions {
  readonly prober: Prober;
  readonly router: Router;
  readonly store: Store;
  readonly commits: CommitQueue;
  readonly clock: Clock;
  readonly log: Log;
  readonly statuses: () => ReadonlyMap<string, ServiceStatus>;
  readonly wake: (wake: Wake) => void;
}

export interface Checking extends Pick<ProbeTable, 'set' | 'verifications' | 'tookMs'> {
  observer(): Observer;
  run(signal: AbortSignal): Promise<void>;
}

/** The checks of all instances, what is remembered of them, and the doubt in the observer itself. */
export function createChecking(options: CheckingOptions): Checking {
  const { prober, router, store, clock, log, wake } = options;
  const observer = createObserverWatch({ prober, clock, log, onChange: () => wake({}) });
  const recordCheck = createCheckRecorder({ ...options, wake: (name) => wake({ names: [name] }) });
  const probes = createProbeTable({
    prober,
    answeredAgoMs: (instance) => router.answeredAgoMs?.(instance) ?? Promise.resolve(undefined),
    clock,
    onNews: recordCheck,
    onChecked: (failing, total) => observer.checked(failing, total),
    initial: [...store.histories().values()].flatMap(({ verification }) => verification ?? []),
  });
  return {
    set: probes.set,
    verifications: probes.verifications,
    tookMs: probes.tookMs,
    observer: observer.observer,
    run: async (signal) => {
      await Promise.all([probes.run(signal), observer.run(signal)]);
    },
  };
}
