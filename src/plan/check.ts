import type { DesiredService } from '../model/service.ts';
import type { Verification } from '../model/verification.ts';
import type { Observer, PlanInput } from './input.ts';
import type { Located } from './locate.ts';
import { isGated, toolRefusal } from './tool-gate.ts';
import { acceptedRelease, type ServiceView } from './view.ts';

/** So many failed probes in a row make a verified instance unresponsive. */
const STRIKES = 3;

/** What is known about the health of the current instance. */
export type Health =
  | { readonly kind: 'passed'; readonly verification?: Verification; readonly needsAuth: boolean }
  | { readonly kind: 'unresponsive'; readonly message: string }
  | { readonly kind: 'unverified'; readonly message: string; readonly deadlineMs: number };

export type Unverified = Extract<Health, { readonly kind: 'unverified' }>;

/** Only a check that failed says that it is late; while none was made, nothing is known. */
export function isLate(health: Health, nowMs: number): health is Unverified {
  return health.kind === 'unverified' && health.message !== '' && nowMs >= health.deadlineMs;
}

/** Judges the running instance by the last check that is valid for this very start of it. */
export function judge(view: ServiceView, instance: Located, input: PlanInput): Health {
  const desired = view.desired;
  if (!desired || desired.verify.kind === 'none') return { kind: 'passed', needsAuth: false };
  const verification = validCheck(view, instance, input);
  const deadlineMs = (instance.startedAtMs ?? input.nowMs) + startupMs(desired, view, instance);
  if (!verification) return { kind: 'unverified', message: '', deadlineMs };

  const { result } = verification;
  switch (result.outcome) {
    case 'verified': {
      const message = toolRefusal(view, instance, result);
      if (message !== undefined) return { kind: 'unverified', message, deadlineMs };
      return { kind: 'passed', verification, needsAuth: false };
    }
    case 'needs-auth':
      return refusesNow(view, instance)
        ? {
            kind: 'unverified',
            message: `${result.message}, unlike the release before`,
            deadlineMs,
          }
        : { kind: 'passed', verification, needsAuth: true };
    case 'failed':
      // Of one that is held to the lock nobody knows now whether its tools are approved.
      return verification.verifiedAtMs === undefined ||
        isGated(view.toolRule, view.history, instance.release)
        ? judgeFresh(view, instance, { message: result.message, deadlineMs, nowMs: input.nowMs })
        : judgeFailed(verification, result.message);
  }
}

/** A rollout waits no longer than its own deadline; after it only the time of one start counts. */
function startupMs(
  { rollout, verify }: DesiredService,
  { history }: ServiceView,
  { release }: Located,
): number {
  const { startupMs: ownMs = rollout.deadlineMs } = verify;
  return acceptedRelease({ history }) === release ? ownMs : Math.min(ownMs, rollout.deadlineMs);
}

/** A start that is late is tried again where the release passed before; a new one has to be mended. */
function judgeFresh(
  { history, settings }: ServiceView,
  { release }: Located,
  { message, deadlineMs, nowMs }: { message: string; deadlineMs: number; nowMs: number },
): Health {
  const good = history.releases?.[0];
  const passedBefore = good?.release === release && good.settings === settings;
  return passedBefore && deadlineMs <= nowMs
    ? { kind: 'unresponsive', message: `not verified in time: ${message}` }
    : { kind: 'unverified', message, deadlineMs };
}

/** A failing check counts as it was until the third strike: one lost packet restarts nothing. */
function judgeFailed(verification: Verification, message: string): Health {
  if (verification.strikes < STRIKES) return { kind: 'passed', verification, needsAuth: false };
  return { kind: 'unresponsive', message };
}

/** Why failing checks cannot be believed now, if so; a doubt that is over counts no more. */
export function observerFault({ observer, nowMs }: PlanInput): Observer['fault'] {
  return observer.fault && observer.fault.untilMs > nowMs ? observer.fault : undefined;
}

/** The last check, where it was made of this object, since this start, with these settings. */
export function validCheck(
  { settings }: ServiceView,
  instance: Located,
  { verifications }: PlanInput,
): Verification | undefined {
  const verification = verifications.get(instance.id);
  if (!verification || verification.startedAtMs !== instance.startedAtMs) return undefined;
  return verification.settings === settings ? verification : undefined;
}

/** A release that suddenly wants credentials does not pass where the one before needed none. */
function refusesNow({ history }: ServiceView, { release }: Located): boolean {
  const good = history.releases?.[0];
  return good?.outcome === 'verified' && good.release !== release;
}
