import type { Verification } from '../model/verification.ts';
import type { Observer, PlanInput } from './input.ts';
import type { Located } from './locate.ts';
import type { ServiceView } from './view.ts';

/** So many failed probes in a row make a verified instance unresponsive. */
const STRIKES = 3;

/** What is known about the health of the current instance. */
export type Health =
  | { readonly kind: 'passed'; readonly verification?: Verification; readonly needsAuth: boolean }
  | { readonly kind: 'unresponsive'; readonly message: string }
  | { readonly kind: 'unverified'; readonly message: string; readonly deadlineMs: number };

/** Judges the running instance by the last check that is valid for this very start of it. */
export function judge(view: ServiceView, instance: Located, input: PlanInput): Health {
  const desired = view.desired;
  if (!desired || desired.verify.kind === 'none') return { kind: 'passed', needsAuth: false };
  const verification = validCheck(view, instance, input);
  const deadlineMs = (instance.startedAtMs ?? input.nowMs) + desired.rollout.deadlineMs;
  if (!verification) return { kind: 'unverified', message: '', deadlineMs };

  const { result } = verification;
  switch (result.outcome) {
    case 'verified':
      return { kind: 'passed', verification, needsAuth: false };
    case 'needs-auth':
      return refusesNow(view, instance)
        ? {
            kind: 'unverified',
            message: `${result.message}, unlike the release before`,
            deadlineMs,
          }
        : { kind: 'passed', verification, needsAuth: true };
    case 'failed':
      return judgeFailed(verification, result.message, deadlineMs);
  }
}

/** A failing check counts as it was until the third strike: one lost packet restarts nothing. */
function judgeFailed(verification: Verification, message: string, deadlineMs: number): Health {
  if (verification.verifiedAtMs === undefined) return { kind: 'unverified', message, deadlineMs };
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
