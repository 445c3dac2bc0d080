import type { CheckResult, Verification } from '../model/verification.ts';
import type { Prober, Router } from '../ports.ts';
import type { ProbeEntry } from './probe-register.ts';

/** Every so often a running server is asked for its tools too: a list that hangs or changed is found. */
const CHECKS_PER_LIST = 10;
/** Who says that it has too much to do has answered somebody within this time. */
const OVERLOADED_MS = 5_000;
/** A timer may fire so much before its time. */
const TIMER_GRAIN_MS = 2;

export interface InstanceCheckOptions {
  readonly prober: Prober;
  /** As the router says it; absent where it counts nothing. */
  readonly answeredAgoMs?: Router['answeredAgoMs'];
}

export interface Checked {
  readonly result: CheckResult;
  /** It answered its clients while this check was late: that is no strike. */
  readonly isBusy: boolean;
}

/** One check of one instance: whole until it passes, then mostly one cheap question. */
export function createInstanceCheck({
  prober,
  answeredAgoMs,
}: InstanceCheckOptions): (
  entry: ProbeEntry,
  last: Verification | undefined,
  signal: AbortSignal,
) => Promise<Checked> {
  return async (entry, last, signal) => {
    const { target } = entry;
    const beganMs = performance.now();
    entry.good = last?.result.outcome === 'verified' ? last.result : entry.good;
    entry.sinceListed += 1;
    const isCheap = last?.result.outcome === 'verified' && entry.sinceListed < CHECKS_PER_LIST;
    if (!isCheap) entry.sinceListed = 0;
    const result = isCheap
      ? await prober.probe(target, last.result, signal)
      : await prober.verify(target, signal);
    const overloaded = result.outcome === 'failed' && result.overloaded === true;
    const isAtWork = overloaded || isLate(entry, result, beganMs);
    if (last?.verifiedAtMs === undefined || !isAtWork) return { result, isBusy: false };
    // A list that does not come while all else does is no sign of much work.
    const isQueueing = isCheap || overloaded || (await isLateToo(entry, signal));
    const agoMs = isQueueing ? await answeredAgoMs?.(target.instance) : undefined;
    const withinMs = overloaded ? OVERLOADED_MS : performance.now() - beganMs;
    return { result, isBusy: agoMs !== undefined && agoMs < withinMs };
  };

  async function isLateToo(entry: ProbeEntry, signal: AbortSignal): Promise<boolean> {
    if (entry.good === undefined) return false;
    const beganMs = performance.now();
    return isLate(entry, await prober.probe(entry.target, entry.good, signal), beganMs);
  }
}

/** It failed, and took all the time that it had. */
function isLate({ target }: ProbeEntry, { outcome }: CheckResult, beganMs: number): boolean {
  const tookMs = performance.now() - beganMs;
  return outcome === 'failed' && tookMs >= target.verify.timeoutMs - TIMER_GRAIN_MS;
}
