import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckResult, ProbeTarget, Verification } from '../model/verification.ts';
import type { Clock, Prober } from '../ports.ts';
import type { Look } from './gather.ts';
import { nextCheckMs } from './probe-schedule.ts';

/** Checks in flight at once; a hanging server costs its own slot and nothing else. */
const MOST_CHECKS = 16;

export interface ProbeTableOptions {
  readonly prober: Prober;
  readonly clock: Clock;
  /** Called after each check whose meaning is news: first pass, failure, strike, other tools. */
  readonly onNews: (target: ProbeTarget, verification: Verification) => void;
  /** Called after every check, with how many of the targets fail now. */
  readonly onChecked: (failing: number, total: number) => void;
  /** Checks that are remembered from before a restart. */
  readonly initial: readonly Verification[];
}

export interface ProbeTable {
  /** The targets of all services in scope; whatever else of them was checked is no longer. */
  set(targets: ReadonlyMap<string, readonly ProbeTarget[]>, scope: Look['scope']): void;
  /** By instance id. */
  verifications(): ReadonlyMap<string, Verification>;
  run(signal: AbortSignal): Promise<void>;
}

interface Entry {
  readonly target: ProbeTarget;
  /** In steady time, which no change of the wall clock moves. */
  dueMs: number;
  checking: boolean;
}

/** Verifies new instances as fast as they can answer, then probes them at their own pace. */
export function createProbeTable(options: ProbeTableOptions): ProbeTable {
  const { prober, clock, onNews, onChecked } = options;
  const entries = new Map<string, Entry>();
  const byService = new Map<string, readonly string[]>();
  const known = new Map(
    options.initial.map((verification) => [verification.instanceId, verification]),
  );
  let changed = new AbortController();
  let checks = 0;

  function setService(service: string, targets: readonly ProbeTarget[]): void {
    const kept = new Set(targets.map(({ instanceId }) => instanceId));
    for (const id of byService.get(service) ?? []) if (!kept.has(id)) drop(id);
    if (targets.length === 0) byService.delete(service);
    else byService.set(service, [...kept]);
    for (const target of targets) watch(target);
  }

  function watch(target: ProbeTarget): void {
    const entry = entries.get(target.instanceId);
    if (entry && isSameTarget(entry.target, target)) return;
    const verification = validFor(target);
    const dueMs =
      performance.now() + (verification ? nextCheckMs(target, verification, clock()) : 0);
    entries.set(target.instanceId, { target, dueMs, checking: false });
    changed.abort();
  }

  function drop(id: string): void {
    entries.delete(id);
    known.delete(id);
  }

  function validFor(target: ProbeTarget): Verification | undefined {
    const verification = known.get(target.instanceId);
    const valid =
      verification?.startedAtMs === target.startedAtMs && verification.settings === target.settings;
    return valid ? verification : undefined;
  }

  async function check(entry: Entry, signal: AbortSignal): Promise<void> {
    const { target } = entry;
    const last = validFor(target);
    const result =
      last?.result.outcome === 'verified' || last?.verifiedAtMs !== undefined
        ? await prober.probe(target, last.result, signal)
        : await prober.verify(target, signal);
    entry.checking = false;
    // A newer start of the instance has its own entry: this result says nothing about it.
    if (entries.get(target.instanceId) !== entry || signal.aborted) return;
    const verification = toVerification(target, last, { result, atMs: clock() });
    known.set(target.instanceId, verification);
    entry.dueMs = performance.now() + nextCheckMs(target, verification, clock());
    if (isNews(last, verification)) onNews(target, verification);
    onChecked(countFailing(), entries.size);
  }

  function countFailing(): number {
    return [...entries.keys()].filter((id) => (known.get(id)?.strikes ?? 0) > 0).length;
  }

  function begin(entry: Entry, signal: AbortSignal): void {
    entry.checking = true;
    checks += 1;
    void check(entry, signal).finally(() => {
      checks -= 1;
      changed.abort();
    });
  }

  async function rest(signal: AbortSignal): Promise<void> {
    const waiting = [...entries.values()].filter(({ checking }) => !checking);
    const dueMs = waiting.reduce((least, entry) => Math.min(least, entry.dueMs), Infinity);
    const ms =
      checks >= MOST_CHECKS || dueMs === Infinity ? 60_000 : Math.max(1, dueMs - performance.now());
    const anySignal = AbortSignal.any([signal, changed.signal]);
    await sleep(ms, undefined, { signal: anySignal }).catch(() => {});
  }

  return {
    set(targets, scope) {
      const looked = scope === 'all' ? [...byService.keys()] : [...scope];
      for (const service of looked) if (!targets.has(service)) setService(service, []);
      for (const [service, list] of targets) setService(service, list);
    },
    verifications: () => known,
    async run(signal) {
      while (!signal.aborted) {
        changed = new AbortController();
        const nowMs = performance.now();
        for (const entry of entries.values()) {
          if (checks >= MOST_CHECKS) break;
          if (!entry.checking && entry.dueMs <= nowMs) begin(entry, signal);
        }
        await rest(signal);
      }
    },
  };
}

function isSameTarget(a: ProbeTarget, b: ProbeTarget): boolean {
  return a.startedAtMs === b.startedAtMs && a.settings === b.settings && a.url === b.url;
}

function toVerification(
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

/** A check that repeats what is known is not worth a pass, a write or an event. */
function isNews(last: Verification | undefined, now: Verification): boolean {
  if (!last || last.result.outcome !== now.result.outcome) return true;
  if (now.result.outcome === 'failed') {
    const same = last.result.outcome === 'failed' && last.result.message === now.result.message;
    return now.verifiedAtMs !== undefined ? now.strikes <= 3 : !same;
  }
  return toolsHashOf(last) !== toolsHashOf(now);
}

function toolsHashOf({ result }: Verification): string | undefined {
  return result.outcome === 'verified' ? result.toolsHash : undefined;
}
