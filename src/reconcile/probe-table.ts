import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeTarget, Verification } from '../model/verification.ts';
import type { Clock } from '../ports.ts';
import { createInstanceCheck, type InstanceCheckOptions } from './check-instance.ts';
import { createProbeRegister, type ProbeEntry, type ProbeRegister } from './probe-register.ts';

/** Checks in flight at once; a hanging server costs its own slot and nothing else. */
const MOST_CHECKS = 16;
/** Nothing is due for longer than that: whatever changes ends the rest. */
const LONGEST_REST_MS = 60_000;

export interface ProbeTableOptions extends InstanceCheckOptions {
  readonly clock: Clock;
  /** Called after each check whose meaning is news: first pass, failure, strike, other tools or era. */
  readonly onNews: (target: ProbeTarget, verification: Verification) => void;
  /** Called after every check, with how many of the targets fail now. */
  readonly onChecked: (failing: number, total: number) => void;
  /** Checks that are remembered from before a restart. */
  readonly initial: readonly Verification[];
}

export interface ProbeTable {
  readonly set: ProbeRegister['set'];
  /** By instance id. */
  verifications(): ReadonlyMap<string, Verification>;
  /** How long the last check of an instance took; undefined before there was one. */
  tookMs(instanceId: string): number | undefined;
  run(signal: AbortSignal): Promise<void>;
}

/** Verifies new instances as fast as they can answer, then probes them at their own pace. */
export function createProbeTable(options: ProbeTableOptions): ProbeTable {
  const { clock, initial, onNews, onChecked } = options;
  const checkInstance = createInstanceCheck(options);
  let changed = new AbortController();
  const register = createProbeRegister({ clock, initial, onNew: () => changed.abort() });
  let checks = 0;

  async function check(entry: ProbeEntry, signal: AbortSignal): Promise<void> {
    const { target } = entry;
    const last = register.lastCheck(target);
    const beganMs = performance.now();
    const { result, isBusy } = await checkInstance(entry, last, signal);
    entry.tookMs = performance.now() - beganMs;
    entry.checking = false;
    // A newer start of the instance has its own entry: this result says nothing about it.
    if (!register.isCurrent(entry) || signal.aborted) return;
    const verification =
      last && isBusy ? register.spare(entry, last) : register.record(entry, result);
    if (isNews(last, verification)) onNews(target, verification);
    onChecked(register.countFailing(), register.entries().length);
  }

  function begin(entry: ProbeEntry, signal: AbortSignal): void {
    entry.checking = true;
    checks += 1;
    void check(entry, signal).finally(() => {
      checks -= 1;
      changed.abort();
    });
  }

  function beginDue(signal: AbortSignal): void {
    const nowMs = performance.now();
    // Who has waited longest comes first: those that hang must not keep the others out.
    const due = register
      .entries()
      .filter(({ checking, dueMs }) => !checking && dueMs <= nowMs)
      .toSorted((a, b) => a.dueMs - b.dueMs);
    for (const entry of due.slice(0, MOST_CHECKS - checks)) begin(entry, signal);
  }

  return {
    set: register.set,
    verifications: register.verifications,
    tookMs: (instanceId) => register.entryOf(instanceId)?.tookMs,
    async run(signal) {
      while (!signal.aborted) {
        changed = new AbortController();
        beginDue(signal);
        const pauseMs = checks < MOST_CHECKS ? untilDueMs(register.entries()) : LONGEST_REST_MS;
        const woken = AbortSignal.any([signal, changed.signal]);
        await sleep(pauseMs, undefined, { signal: woken }).catch(() => {});
      }
    },
  };
}

function untilDueMs(entries: readonly ProbeEntry[]): number {
  const waiting = entries.filter(({ checking }) => !checking);
  const dueMs = waiting.reduce((least, entry) => Math.min(least, entry.dueMs), Infinity);
  return Math.min(LONGEST_REST_MS, Math.max(1, dueMs - performance.now()));
}

/** A check that repeats what is known is not worth a pass, a write or an event. */
function isNews(last: Verification | undefined, now: Verification): boolean {
  if (!last || last.result.outcome !== now.result.outcome) return true;
  if (now.result.outcome === 'failed') {
    const same = last.result.outcome === 'failed' && last.result.message === now.result.message;
    if (now.verifiedAtMs === undefined) return !same;
    return now.strikes !== last.strikes && now.strikes <= 3;
  }
  return learntFrom(last) !== learntFrom(now);
}

function learntFrom({ result }: Verification): string | undefined {
  return result.outcome === 'verified' ? `${result.era} ${result.toolsHash}` : undefined;
}
