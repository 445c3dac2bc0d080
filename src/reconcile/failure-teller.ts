import type { StoreChange } from '../model/journal.ts';
import type { ServicePlan } from '../model/plan.ts';
import type { Clock, Log, Runtime, Store } from '../ports.ts';
import type { CommitQueue } from './commit-queue.ts';
import { readLastOutput } from './last-output.ts';
import type { Wake } from './loop.ts';
import { eventOf, factsOf } from './tell.ts';

export interface FailureTellerOptions {
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly store: Store;
  readonly commits: CommitQueue;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: (wake: Wake) => void;
}

/** Keeps the last output of a service that has failed, and tells of both. Never rejects. */
export function createFailureTeller(
  options: FailureTellerOptions,
): (service: ServicePlan, signal: AbortSignal) => Promise<void> {
  const { runtimes, commits, log, wake } = options;
  return async (plan, signal) => {
    const { name, status, instance } = plan;
    const runtime = runtimes.get(status.runtime);
    // What fails before there is an instance has no output.
    const lastLog = instance === undefined ? [] : await readLastOutput(runtime, instance, log);
    if (signal.aborted) return;
    try {
      await commits.commit(name, () => toChanges(plan, lastLog, options));
      wake({ names: [name] });
    } catch (error) {
      log.error({ service: name, error }, 'A failure could not be recorded.');
    }
  };
}

function toChanges(
  { name, status }: ServicePlan,
  lastLog: readonly string[],
  { store, clock }: FailureTellerOptions,
): readonly StoreChange[] {
  const history = { ...store.histories().get(name), lastLog };
  const data = { state: status.state, cause: status.cause, lastLog };
  const event = eventOf('service.failed', factsOf(status), clock(), data);
  return [
    { kind: 'history', service: name, history },
    { kind: 'event', event },
  ];
}
