import type { ServiceHistory } from '../model/history.ts';
import type { Step, Wait } from '../model/plan.ts';
import type { ServiceState, ServiceStatus } from '../model/status.ts';
import { type Health, isLate, observerFault, type Unverified } from './check.ts';
import type { Decision } from './decision.ts';
import type { Hold } from './hold.ts';
import type { PlanInput } from './input.ts';
import type { Motive } from './motive.ts';
import type { SortedInstances } from './sort-instances.ts';
import { acceptedRelease, type ServiceView } from './view.ts';

/** States that people must look at, with the last output as the evidence. */
export function isIll(state: ServiceState): boolean {
  return state === 'Failed' || state === 'CrashLoop' || state === 'Degraded';
}

/** When it came to be so: by a step, or by the clock where that was later. */
export function changeOf(
  { changedAtMs: stepMs = 0 }: ServiceHistory,
  { sinceMs = 0 }: Decision,
): Pick<ServiceStatus, 'changedAtMs'> {
  const changedAtMs = Math.max(stepMs, sinceMs);
  return changedAtMs === 0 ? {} : { changedAtMs };
}

interface StateInput {
  readonly view: ServiceView;
  readonly sorted: SortedInstances;
  readonly health: Health | undefined;
  readonly hold: Hold | undefined;
  readonly motive: Motive;
  /** What is left to do once it runs. */
  readonly rest: readonly (Step | Wait)[];
  readonly input: PlanInput;
}

/** The one word for a service that shall run, and why. */
export function convergedState(
  situation: StateInput & { readonly desired: unknown },
): Pick<Decision, 'state' | 'stateCause' | 'sinceMs'> {
  const { hold, health, sorted, motive, input } = situation;
  if (hold) return { state: heldState(situation, hold), stateCause: hold.wait.cause };
  if (motive.failure !== undefined) return { state: 'Degraded', stateCause: motive.failure };
  if (health && isLate(health, input.nowMs)) return lateState(health);
  // Where a start mends nothing, as of a server that runs elsewhere, it stays so beside an old one too.
  if (health?.kind === 'unresponsive' && !motive.restarts && !observerFault(input)) {
    return { state: 'Degraded', stateCause: health.message };
  }
  if (sorted.outdated.length > 0) {
    const { past } = situation.view;
    const state = past?.kind === 'rolled-back' ? 'RollingBack' : 'Updating';
    return { state, stateCause: past?.cause ?? motive.cause };
  }
  if (!sorted.current) return { state: 'Pending', stateCause: motive.cause };
  if (motive.restarts || !health) return { state: 'Starting', stateCause: motive.cause };
  return runningState(situation, health);
}

function heldState({ sorted }: StateInput, hold: Hold): ServiceState {
  if (hold.kind === 'crash-loop') return 'CrashLoop';
  if (hold.kind === 'second-writer') return 'Blocked';
  // It waits for somebody, whatever serves meanwhile.
  return sorted.current?.state === 'running' ? 'Degraded' : 'Failed';
}

function runningState(
  { view, sorted, rest, input }: StateInput,
  health: Health,
): Pick<Decision, 'state' | 'stateCause'> {
  switch (health.kind) {
    case 'unresponsive':
      return { state: 'Degraded', stateCause: observerFault(input)?.cause ?? health.message };
    case 'unverified':
      return unverifiedState(view, sorted.current?.release, health);
    case 'passed':
      break;
  }
  if (!input.routes.ok)
    return { state: 'Degraded', stateCause: `not routed: ${input.routes.cause}` };
  if (sorted.current?.drift.length)
    return { state: 'Degraded', stateCause: 'drift is being healed' };
  if (rest.some(({ kind }) => kind === 'route')) {
    const state = view.routes.length > 0 ? 'Updating' : 'Starting';
    return { state, stateCause: 'verified, and not routed yet' };
  }
  if (view.past?.kind === 'rolled-back') return { state: 'Failed', stateCause: view.past.cause };
  if (health.needsAuth) {
    return { state: 'NeedsAuth', stateCause: 'it answers, and wants credentials' };
  }
  return { state: 'Running', stateCause: view.past?.cause ?? '' };
}

function lateState({ message, deadlineMs: sinceMs }: Unverified) {
  return { state: 'Failed', stateCause: `not verified in time: ${message}`, sinceMs } as const;
}

function unverifiedState(
  { history }: ServiceView,
  release: string | undefined,
  { message }: Unverified,
): Pick<Decision, 'state' | 'stateCause'> {
  const stateCause = message ? `not verified yet: ${message}` : 'not verified yet';
  const good = acceptedRelease({ history });
  const updates = good !== undefined && good !== release;
  return { state: updates ? 'Updating' : 'Starting', stateCause };
}
