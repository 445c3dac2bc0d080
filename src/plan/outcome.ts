import type { FailureKind, Restarts, ServiceHistory } from '../model/history.ts';
import type { Reason, Step } from '../model/plan.ts';
import type { Request } from '../model/request.ts';
import type { Verification } from '../model/verification.ts';
import { restartsInARow } from './hold.ts';

/** How one step ended. */
export interface StepEnd {
  readonly step: Step;
  readonly atMs: number;
  /** Of the service that was desired when the step was planned; empty when none was. */
  readonly desiredDigest: string;
  readonly failure?: {
    readonly kind: FailureKind;
    readonly code: string;
    readonly message: string;
  };
}

/** The history after a step: failures counted, restarts counted, what we stopped remembered. */
export function recordStep(history: ServiceHistory, end: StepEnd): ServiceHistory {
  return end.failure ? recordFailure(history, end, end.failure) : recordSuccess(history, end);
}

function recordFailure(
  history: ServiceHistory,
  { step, atMs, desiredDigest }: StepEnd,
  failure: NonNullable<StepEnd['failure']>,
): ServiceHistory {
  const before = history.failure;
  const again = before?.step === step.kind && before.desiredDigest === desiredDigest;
  const count = (again ? before.count : 0) + 1;
  return {
    ...history,
    failure: { ...failure, count, lastMs: atMs, step: step.kind, desiredDigest },
  };
}

function recordSuccess(
  history: ServiceHistory,
  { step, atMs, desiredDigest }: StepEnd,
): ServiceHistory {
  const { failure, stoppedInstanceId, ...rest } = history;
  const lasts = failure?.desiredDigest === desiredDigest && failure.step !== step.kind;
  const keepFailure = lasts ? { failure } : {};
  const restarts = countRestart(history, step, atMs);
  const stopped = step.kind === 'stop' ? step.target.id : undefined;
  const keepStopped = step.kind === 'start' ? undefined : stoppedInstanceId;
  const stoppedId = stopped ?? keepStopped;
  return {
    ...(endsService(step) ? withEndApproved(rest) : rest),
    ...keepFailure,
    ...(restarts && { restarts }),
    ...(stoppedId !== undefined && { stoppedInstanceId: stoppedId }),
    changedAtMs: atMs,
  };
}

function endsService({ kind, reason }: Step): boolean {
  return kind === 'forget' || (kind === 'remove' && END_REASONS.has(reason));
}

const END_REASONS: ReadonlySet<Reason> = new Set([
  'remove_by_request',
  'remove_because_not_desired',
]);

/** What goes by name or past the gates has its end approved: should it come back, it is new. */
function withEndApproved(history: ServiceHistory): ServiceHistory {
  const { acceptedDigest: _digest, ...kept } = history;
  return { ...kept, removalApproved: true };
}

/** A crash is counted when it is answered by a start, a hanging instance when it is stopped. */
function countRestart(history: ServiceHistory, step: Step, atMs: number): Restarts | undefined {
  const counts =
    (step.kind === 'start' && step.reason === 'restart_because_crashed') ||
    (step.kind === 'stop' && step.reason === 'restart_because_unresponsive');
  if (!counts) return undefined;
  const count = restartsInARow(history, atMs) + 1;
  return { count, lastMs: atMs, total: (history.restarts?.total ?? 0) + 1 };
}

/** The history after a check of `release` whose meaning changed. */
export function recordCheck(
  history: ServiceHistory,
  verification: Verification,
  release: string,
): ServiceHistory {
  const { outcome } = verification.result;
  const { goodOutcome, goodRelease } = history;
  // That is no pass: the gate tells it from the release before only while that one is remembered.
  const refuses = outcome === 'needs-auth' && goodOutcome === 'verified' && goodRelease !== release;
  if (outcome === 'failed' || refuses) return { ...history, verification };
  return { ...history, verification, goodRelease: release, goodOutcome: outcome };
}

/**
 * Which of the step's own service's requests the finished step has fulfilled: any start is a restart,
 * whatever the clock says. An update is not among them: it holds when the planner sees the image run,
 * so that an interrupted one is finished.
 */
export function requestsSpentBy(step: Step, requests: readonly Request[]): readonly string[] {
  if (step.kind !== 'start') return [];
  return requests.filter(({ kind }) => kind === 'restart').map(({ id }) => id);
}
