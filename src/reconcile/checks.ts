import type { NewEvent } from '../model/event.ts';
import type { StoreChange } from '../model/journal.ts';
import type { ServiceStatus } from '../model/status.ts';
import type { ProbeTarget, Verification } from '../model/verification.ts';
import { recordCheck } from '../plan/outcome.ts';
import type { Clock, Log, Store } from '../ports.ts';
import type { CommitQueue } from './commit-queue.ts';
import { eventOf } from './tell.ts';

export interface CheckRecorderOptions {
  readonly store: Store;
  readonly commits: CommitQueue;
  readonly statuses: () => ReadonlyMap<string, ServiceStatus>;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: (service: string) => void;
}

/** Remembers a check that is news, tells of it, and wakes the loop for its service. */
export function createCheckRecorder(
  options: CheckRecorderOptions,
): (target: ProbeTarget, verification: Verification) => void {
  const { commits, log, wake } = options;
  return (target, verification) => {
    const { service } = target;
    void commits
      .commit(service, () => toChanges(target, verification, options))
      .catch((error: unknown) => log.error({ service, error }, 'A check could not be recorded.'))
      .then(() => wake(service));
  };
}

function toChanges(
  target: ProbeTarget,
  verification: Verification,
  { store, statuses, clock }: CheckRecorderOptions,
): readonly StoreChange[] {
  const { service } = target;
  const status = statuses().get(service);
  const before = store.histories().get(service) ?? {};
  const history = recordCheck(before, verification);
  const events = checkEvents({ target, verification, before: before.verification }, clock());
  const origin = status?.origin;
  const facts = {
    ...(status?.revision && { revision: status.revision }),
    ...(origin && { origin }),
  };
  return [
    { kind: 'history', service, history },
    ...events.map((event) => ({ kind: 'event', event: { ...event, ...facts } }) as const),
  ];
}

interface Checked {
  readonly target: ProbeTarget;
  readonly verification: Verification;
  readonly before: Verification | undefined;
}

function checkEvents(
  { target, verification, before }: Checked,
  nowMs: number,
): readonly NewEvent[] {
  const { service, instanceId } = target;
  const { result, verifiedAtMs } = verification;
  if (result.outcome === 'failed') return [];
  const events: NewEvent[] = [];
  const sameStart =
    before?.instanceId === instanceId && before.startedAtMs === verification.startedAtMs;
  if (!(sameStart && before?.verifiedAtMs === verifiedAtMs)) {
    const { tools, era } = result.outcome === 'verified' ? result : {};
    const data = {
      instanceId,
      outcome: result.outcome,
      ...(era && { era }),
      ...(tools && { tools }),
    };
    events.push(eventOf('service.verified', { service }, nowMs, data));
  }
  return [...events, ...toolEvents({ target, verification, before }, nowMs)];
}

function toolEvents({ target, verification, before }: Checked, nowMs: number): readonly NewEvent[] {
  const now = verification.result;
  const then = before?.result;
  if (now.outcome !== 'verified' || then?.outcome !== 'verified') return [];
  if (now.toolsHash === undefined || then.toolsHash === undefined) return [];
  if (now.toolsHash === then.toolsHash) return [];
  const old = new Set(then.tools);
  const current = new Set(now.tools);
  const data = {
    added: [...current].filter((tool) => !old.has(tool)),
    removed: [...old].filter((tool) => !current.has(tool)),
    toolsHash: now.toolsHash,
  };
  return [eventOf('tools.changed', { service: target.service }, nowMs, data)];
}
