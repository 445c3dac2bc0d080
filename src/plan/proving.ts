import type { GoodRelease } from '../model/history.ts';
import type { Verdict, Wait } from '../model/plan.ts';
import type { DesiredService } from '../model/service.ts';
import { type Health, judge, observerFault, validCheck } from './check.ts';
import { formatSpan } from './format-span.ts';
import type { PlanInput } from './input.ts';
import type { Located } from './locate.ts';
import type { Leg, Situation } from './road.ts';
import { acceptedRelease, type ServiceView } from './view.ts';

/** The traffic goes to nothing that was not verified. Without `health`: it has yet to start. */
export function verifiedWait(health: Health | undefined, input: PlanInput): Wait {
  const wait = { kind: 'wait', until: 'verified', cause: 'not verified yet' } as const;
  if (health?.kind === 'unresponsive') {
    const fault = observerFault(input);
    return fault ? { ...wait, ...fault } : wait;
  }
  if (health?.kind !== 'unverified') return wait;
  const { message, deadlineMs } = health;
  const cause = message ? `${wait.cause}: ${message}` : wait.cause;
  return deadlineMs > input.nowMs ? { ...wait, cause, untilMs: deadlineMs } : { ...wait, cause };
}

/**
 * A release that is new beside a good one must run well for a while before it counts. `instance` is
 * absent where it has yet to start.
 */
export function stableWait(
  { view, desired, input }: Situation,
  release: string,
  instance?: Located,
): Leg {
  const { stableForMs } = desired.rollout;
  if (stableForMs === 0 || release === acceptedRelease(view)) return [];
  const cause = `it must run well for ${formatSpan(stableForMs)} first`;
  const wait: Wait = { kind: 'wait', until: 'stable', cause };
  const sinceMs = instance && passingSinceMs(view, instance, input);
  if (sinceMs === undefined) return [wait];
  const untilMs = sinceMs + stableForMs;
  return isAhead(untilMs, stableForMs, input) ? [{ ...wait, untilMs }] : [];
}

/** Whether a release counts as proven by this instance that passes. */
export function isStable(situation: Situation, instance: Located): boolean {
  return stableWait(situation, instance.release, instance).length === 0;
}

/**
 * A release is good once all its instances pass, and have run well for a while where an earlier one is
 * still there to go back to.
 */
export function goodVerdict(situation: Situation): Verdict | undefined {
  const { view, desired, sorted, input } = situation;
  const { kept, outdated } = sorted;
  const [one] = kept;
  if (!one || kept.length < desired.replicas || one.release === '') return undefined;
  const healths = kept.map((instance) => judge(view, instance, input));
  if (!kept.every(({ state }) => state === 'running')) return undefined;
  if (!healths.every(({ kind }) => kind === 'passed')) return undefined;
  if (outdated.length > 0 && !kept.every((instance) => isStable(situation, instance))) {
    return undefined;
  }
  const needsAuth = healths.some((health) => health.kind === 'passed' && health.needsAuth);
  const outcome = needsAuth ? 'needs-auth' : 'verified';
  const { release, imageId } = one;
  const { settings, history } = view;
  const last = history.releases?.[0];
  const isSame = last?.release === release && last.outcome === outcome;
  if (isSame && last.settings === settings) return undefined;
  const result = validCheck(view, one, input)?.result;
  const tools = result?.outcome === 'verified' ? result.surface : undefined;
  const good: GoodRelease = {
    release,
    version: desired,
    ...(imageId !== undefined && { imageId }),
    outcome,
    ...(settings !== undefined && { settings }),
    ...(tools && { tools }),
    atMs: input.nowMs,
  };
  return { kind: 'good', release: good };
}

/** A moment that is further ahead than the whole wait is from before the clock was set back. */
export function isAhead(untilMs: number, spanMs: number, { nowMs }: PlanInput): boolean {
  return untilMs > nowMs && untilMs <= nowMs + spanMs;
}

function passingSinceMs(
  view: ServiceView,
  instance: Located,
  input: PlanInput,
): number | undefined {
  if (isUnchecked(view.desired)) return instance.startedAtMs;
  return validCheck(view, instance, input)?.verifiedAtMs;
}

function isUnchecked(desired: DesiredService | undefined): boolean {
  return desired?.verify.kind === 'none';
}
