import type { CheckResult, ProbeTarget, Verification } from '../model/verification.ts';
import type { Clock } from '../ports.ts';
import type { Look } from './gather.ts';
import { nextCheckMs } from './probe-schedule.ts';

/** One instance that is checked. A newer start of it is another entry. */
export interface ProbeEntry {
  target: ProbeTarget;
  /** In steady time, which no change of the wall clock moves. */
  dueMs: number;
  checking: boolean;
  /** Checks since its tools were listed. */
  sinceListed: number;
  /** How long its last check took. */
  tookMs?: number;
  /** What it was verified with last. */
  good?: CheckResult | undefined;
}

/** By service. */
export type ProbeTargets = ReadonlyMap<string, readonly ProbeTarget[] | undefined>;

export interface ProbeRegister {
  /**
   * The targets of all services in scope; whatever else of them was checked is no longer. Undefined:
   * the service is out of sight, and what is checked of it stays.
   */
  set(targets: ProbeTargets, scope: Look['scope']): void;
  entries(): readonly ProbeEntry[];
  entryOf(instanceId: string): ProbeEntry | undefined;
  isCurrent(entry: ProbeEntry): boolean;
  /** The last check of exactly this start with exactly these settings. */
  lastCheck(target: ProbeTarget): Verification | undefined;
  /** Remembers a result and when to check again. */
  record(entry: ProbeEntry, result: CheckResult): Verification;
  /** It answered others while a check of it was late: that is no strike. */
  spare(entry: ProbeEntry, last: Verification): Verification;
  /** By instance id. */
  verifications(): ReadonlyMap<string, Verification>;
  countFailing(): number;
}

export interface ProbeRegisterOptions {
  readonly clock: Clock;
  /** Checks that are remembered from before a restart. */
  readonly initial: readonly Verification[];
  /** Called when something new is to be checked. */
  readonly onNew: () => void;
}

/** Who is checked, when next, and what was found last. */
export function createProbeRegister({
  clock,
  initial,
  onNew,
}: ProbeRegisterOptions): ProbeRegister {
  const entries = new Map<string, ProbeEntry>();
  const byService = new Map<string, readonly string[]>();
  const known = new Map(initial.map((verification) => [verification.instanceId, verification]));

  function setService(service: string, targets: readonly ProbeTarget[]): void {
    const kept = new Set(targets.map(({ instanceId }) => instanceId));
    for (const id of byService.get(service) ?? []) if (!kept.has(id)) drop(id);
    if (targets.length === 0) byService.delete(service);
    else byService.set(service, [...kept]);
    for (const target of targets) watch(target);
  }

  function watch(target: ProbeTarget): void {
    const entry = entries.get(target.instanceId);
    if (entry && isSameTarget(entry.target, target)) {
      entry.target = target;
      return;
    }
    const last = lastCheck(target);
    const dueMs = performance.now() + (last ? nextCheckMs(target, last, clock()) : 0);
    entries.set(target.instanceId, { target, dueMs, checking: false, sinceListed: 0 });
    onNew();
  }

  function drop(id: string): void {
    entries.delete(id);
    known.delete(id);
  }

  function lastCheck(target: ProbeTarget): Verification | undefined {
    const last = known.get(target.instanceId);
    return last && isOf(target, last) ? last : undefined;
  }

  return {
    set(targets, scope) {
      const looked = scope === 'all' ? [...byService.keys()] : [...scope];
      for (const service of looked) if (!targets.has(service)) setService(service, []);
      for (const [service, list] of targets) if (list) setService(service, list);
    },
    entries: () => [...entries.values()],
    entryOf: (instanceId) => entries.get(instanceId),
    isCurrent: (entry) => entries.get(entry.target.instanceId) === entry,
    lastCheck,
    record(entry, result) {
      const { target } = entry;
      const verification = toVerification(target, lastCheck(target), { result, atMs: clock() });
      known.set(target.instanceId, verification);
      entry.dueMs = performance.now() + nextCheckMs(target, verification, clock());
      return verification;
    },
    spare(entry, last) {
      const spared = { ...last, strikes: 0, atMs: clock() };
      known.set(entry.target.instanceId, spared);
      entry.dueMs = performance.now() + nextCheckMs(entry.target, spared, clock());
      return spared;
    },
    verifications: () => known,
    countFailing: () =>
      [...entries.keys()].filter((id) => (known.get(id)?.strikes ?? 0) > 0).length,
  };
}

function isSameTarget(a: ProbeTarget, b: ProbeTarget): boolean {
  return a.startedAtMs === b.startedAtMs && a.settings === b.settings && a.url === b.url;
}

/** Whether a check was made of exactly this start with exactly these settings. */
export function isOf({ startedAtMs, settings }: ProbeTarget, check: Verification): boolean {
  return check.startedAtMs === startedAtMs && check.settings === settings;
}

/** A result as the last check of an instance, after the one before. */
export function toVerification(
  target: ProbeTarget,
  last: Verification | undefined,
  { result, atMs }: { result: CheckResult; atMs: number },
): Verification {
  const failed = result.outcome === 'failed';
  const verifiedAtMs = last?.verifiedAtMs ?? (failed ? undefined : atMs);
  return {
    instanceId: target.instanceId,
    startedAtMs: target.startedAtMs,
    settings: target.settings,
    result,
    atMs,
    strikes: failed ? (last?.strikes ?? 0) + 1 : 0,
    ...(verifiedAtMs !== undefined && { verifiedAtMs }),
  };
}
