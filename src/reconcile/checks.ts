import type { NewEvent } from '../model/event.ts';
import type { ServiceHistory } from '../model/history.ts';
import type { StoreChange } from '../model/journal.ts';
import type { ServiceStatus } from '../model/status.ts';
import { findUnapproved, lockModeOf } from '../model/tool-lock.ts';
import { compareTools, type ToolChanges, type ToolSurface } from '../model/tool-surface.ts';
import type { CheckResult, ProbeTarget, Verification } from '../model/verification.ts';
import { recordCheck } from '../plan/outcome.ts';
import { isGated } from '../plan/tool-gate.ts';
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
  const history = recordCheck(before, verification, target);
  const events = checkEvents({ target, verification, before }, clock());
  const told = events.some(({ type }) => type === 'tools.changed');
  const toldTools = tellingOf(verification);
  const { revision, origin, workspace } = status ?? {};
  const facts = {
    ...(revision && { revision }),
    ...(origin && { origin }),
    ...(workspace !== undefined && { workspace }),
  };
  return [
    { kind: 'history', service, history: { ...history, ...(told && { toldTools }) } },
    ...events.map((event) => ({ kind: 'event', event: { ...event, ...facts } }) as const),
  ];
}

interface Checked {
  readonly target: ProbeTarget;
  readonly verification: Verification;
  readonly before: ServiceHistory;
}

/** A release that is refused for its tools has not passed, whatever else it answered. */
function checkEvents(checked: Checked, nowMs: number): readonly NewEvent[] {
  const { target, verification, before } = checked;
  const { result, verifiedAtMs } = verification;
  if (result.outcome === 'failed') return [];
  const told = toolEvents(checked, nowMs);
  const last = before.verification;
  const sameStart =
    last?.instanceId === target.instanceId && last.startedAtMs === verification.startedAtMs;
  const isKnown = sameStart && last.verifiedAtMs === verifiedAtMs;
  if (isKnown || isRefused(target, before, result)) return told;
  const { tools, era } = result.outcome === 'verified' ? result : {};
  const data = {
    instanceId: target.instanceId,
    outcome: result.outcome,
    ...(era && { era }),
    ...(tools && { tools }),
  };
  return [eventOf('service.verified', { service: target.service }, nowMs, data), ...told];
}

function isRefused(
  { toolRule, release }: ProbeTarget,
  before: ServiceHistory,
  result: CheckResult,
): boolean {
  if (result.outcome !== 'verified' || !isGated(toolRule, before, release)) return false;
  return findUnapproved(toolRule, result) !== undefined;
}

/** Once per release and lock: what differs from the good release before, and from what was approved. */
function toolEvents({ target, verification, before }: Checked, nowMs: number): readonly NewEvent[] {
  const { result } = verification;
  if (result.outcome !== 'verified' || result.surface === undefined) return [];
  const { surface, toolsHash } = result;
  const { toldTools } = before;
  const unapproved = findUnapproved(target.toolRule, result);
  const changes = changesSince(before, target.release, surface);
  if (toldTools === tellingOf(verification) || (!changes && !unapproved)) return [];
  const data = {
    ...(changes ?? { added: [], removed: [], changed: [] }),
    toolsHash,
    release: target.release,
    lock: lockModeOf(target.verify),
    ...(unapproved?.changes && { unapproved: unapproved.changes }),
    ...(unapproved && { cause: unapproved.message }),
  };
  return [eventOf('tools.changed', { service: target.service }, nowMs, data)];
}

/** Against the last good release; against the one before where this one was found good just before. */
function changesSince(
  { releases = [] }: ServiceHistory,
  release: string,
  surface: ToolSurface,
): ToolChanges | undefined {
  const [last, earlier] = releases;
  const changes = last?.tools && compareTools(last.tools, surface);
  if (changes || last?.release !== release) return changes;
  return earlier?.tools && compareTools(earlier.tools, surface);
}

function tellingOf({ settings, result }: Verification): string {
  return result.outcome === 'verified' ? `${settings} ${result.toolsHash}` : settings;
}
