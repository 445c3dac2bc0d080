import type { FailureKind, Restarts, ServiceHistory } from '../model/history.ts';
import type { Step } from '../model/plan.ts';
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

function recordSuccess(history: ServiceHistory, { step, atMs }: StepEnd): ServiceHistory {
  const { failure, stoppedInstanceId, ...rest } = history;
  const keepFailure = failure && failure.step !== step.kind ? { failure } : {};
  const restarts = countRestart(history, step, atMs);
  const stopped = step.kind === 'stop' ? step.target.id : undefined;
  const keepStopped = step.kind === 'start' ? undefined : stoppedInstanceId;
  const stoppedId = stopped ?? keepStopped;
  return {
    ...rest,
    ...keepFailure,
    ...(restarts && { restarts }),
    ...(stoppedId !== undefined && { stoppedInstanceId: stoppedId }),
    changedAtMs: atMs,
  };
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

/** The history after a check whose meaning changed. */
export function recordCheck(
  history: ServiceHistory,
  verification: Verification,
  revision: string,
): ServiceHistory {
  const { outcome } = verification.result;
  if (outcome === 'failed') return { ...history, verification };
  return { ...history, verification, goodRevision: revision, goodOutcome: outcome };
}

/** Requests that a finished step has fulfilled. */
export function requestsSpentBy(step: Step, requests: readonly Request[]): readonly string[] {
  const kind = fulfils(step);
  return requests.filter((request) => request.kind === kind).map(({ id }) => id);
}

function fulfils(step: Step): Request['kind'] | undefined {
  if (step.kind === 'start' && step.reason === 'restart_by_request') return 'restart';
  if (step.kind === 'create' && step.reason === 'replace_by_request') return 'update';
  return undefined;
}
