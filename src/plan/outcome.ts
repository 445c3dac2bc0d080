import type { FailureKind, Restarts, ServiceHistory } from '../model/history.ts';
import { isLook, type Reason, type Step } from '../model/plan.ts';
import type { Request } from '../model/request.ts';
import { findUnapproved } from '../model/tool-lock.ts';
import { compareTools, type ToolSurface } from '../model/tool-surface.ts';
import type { ProbeTarget, Verification } from '../model/verification.ts';
import { restartsInARow } from './hold.ts';
import { isGated } from './tool-gate.ts';

/** How one step ended. */
export interface StepEnd {
  readonly step: Step;
  readonly atMs: number;
  /** Of the service that was desired when the step was planned; empty when none was. */
  readonly desiredDigest: string;
  /** Ids of the requests that a pull answers. */
  readonly answers?: readonly string[];
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
  const slot = isLook(step) ? 'lookFailure' : 'failure';
  const before = history[slot];
  const again = before?.step === step.kind && before.desiredDigest === desiredDigest;
  const count = (again ? before.count : 0) + 1;
  const failed = { ...failure, count, lastMs: atMs, step: step.kind, desiredDigest };
  if (step.kind !== 'create') return { ...history, [slot]: failed };
  // Its image may have gone from the store: it is pulled again first.
  const { pulled: _pulled, ...rest } = history;
  return { ...rest, failure: failed };
}

function recordSuccess(history: ServiceHistory, end: StepEnd): ServiceHistory {
  const { step, atMs, desiredDigest } = end;
  if (isLook(step)) return recordPull(history, end);
  const { failure, stoppedInstanceId, ...rest } = recordPull(history, end);
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

/** An image counts as pulled until an instance was made from it. */
function recordPull(
  history: ServiceHistory,
  { step, atMs, answers = [] }: StepEnd,
): ServiceHistory {
  const { pulled, lookFailure: _over, ...rest } = history;
  if (step.kind === 'create' && pulled) return { ...history, pulled: { ...pulled, used: true } };
  if (step.kind !== 'pull') return history;
  const { runtime, image, policy } = step;
  const same = pulled?.image === image && pulled.runtime === runtime;
  // Only who looked for what the name means now has answered those who ask for it.
  const kept = same ? pulled.answers : [];
  const answered = policy === 'missing' ? kept : answers;
  return { ...rest, pulled: { runtime, image, atMs, answers: answered, used: false } };
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

/** The history after a check whose meaning changed. */
export function recordCheck(
  history: ServiceHistory,
  verification: Verification,
  { revision = '', release, image, toolRule }: CheckedInstance,
): ServiceHistory {
  const { result } = verification;
  const { outcome } = result;
  const { goodOutcome, goodRelease } = history;
  // That is no pass: the gate tells it from the release before only while that one is remembered.
  const refuses = outcome === 'needs-auth' && goodOutcome === 'verified' && goodRelease !== release;
  if (outcome === 'failed' || refuses) return { ...history, verification };
  const tools = result.outcome === 'verified' ? result.surface : undefined;
  const refusal =
    result.outcome === 'verified' && isGated(toolRule, history, release)
      ? findUnapproved(toolRule, result)
      : undefined;
  if (refusal && tools) {
    return { ...history, verification, refusedTools: { revision, release, tools } };
  }
  const { goodImage: _before, ...rest } = history;
  return {
    ...recordTools(rest, release, tools),
    verification,
    goodRelease: release,
    goodSettings: verification.settings,
    goodOutcome: outcome,
    ...(image && { goodImage: image }),
  };
}

type CheckedInstance = Pick<ProbeTarget, 'release' | 'image' | 'toolRule'> &
  Partial<Pick<ProbeTarget, 'revision'>>;

/** What a release offers, and how that differs from what the good one before it offered. */
function recordTools(
  history: ServiceHistory,
  release: string,
  tools: ToolSurface | undefined,
): ServiceHistory {
  const { goodRelease: before, goodTools, refusedTools, toolsChange, ...rest } = history;
  const isNew = before !== undefined && before !== release;
  const changes = isNew && goodTools && tools ? compareTools(goodTools, tools) : undefined;
  const kept = isNew ? {} : { refusedTools, toolsChange };
  return {
    ...rest,
    ...(kept.refusedTools && { refusedTools: kept.refusedTools }),
    ...(kept.toolsChange && { toolsChange: kept.toolsChange }),
    ...(changes && before !== undefined && { toolsChange: { release, before, ...changes } }),
    ...(tools && { goodTools: tools }),
  };
}

/** Those that were there when a pull began; what came in meanwhile may ask for a later push. */
export function updatesAnswered(
  requests: readonly Request[],
  { beganMs, endedMs }: { readonly beganMs: number; readonly endedMs: number },
): readonly string[] {
  return requests
    .filter(({ kind, atMs }) => kind === 'update' && (atMs <= beganMs || atMs > endedMs))
    .map(({ id }) => id);
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
