import type { FailureKind, Restarts, ServiceHistory } from '../model/history.ts';
import { isLook, type Reason, type Step, type Verdict } from '../model/plan.ts';
import { releaseMark } from '../model/names.ts';
import type { Request } from '../model/request.ts';
import type { Route } from '../model/route.ts';
import { findUnapproved } from '../model/tool-lock.ts';
import { compareTools } from '../model/tool-surface.ts';
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
  const { failure, stoppedInstanceId, ...rest } = recordTry(recordPull(history, end), step);
  const lasts = failure?.desiredDigest === desiredDigest && failure.step !== step.kind;
  const keepFailure = lasts ? { failure } : {};
  const restarts = countRestart(history, step, atMs);
  const stopped = step.kind === 'stop' ? step.target.id : undefined;
  const keepStopped = step.kind === 'start' ? undefined : stoppedInstanceId;
  const stoppedId = stopped ?? keepStopped;
  return {
    ...(endsService(step) ? withEndApproved(rest) : rest),
    ...(step.kind === 'route' && { served: servedBy(step.route, history, atMs) }),
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

/** A release that is made or started again by request has its former failure forgotten. */
function recordTry(history: ServiceHistory, step: Step): ServiceHistory {
  const { condemned, ...rest } = history;
  if (!condemned) return history;
  const isTried =
    (step.kind === 'create' && step.release === condemned.release) ||
    (step.kind === 'start' &&
      step.reason === 'restart_by_request' &&
      step.target.name.includes(`-${releaseMark(condemned.release)}-`));
  return isTried ? rest : history;
}

/** Since when the traffic goes where it goes, and where it went before: it may still be open there. */
function servedBy(
  { targets }: Route,
  { served }: ServiceHistory,
  atMs: number,
): NonNullable<ServiceHistory['served']> {
  const names = targets.map(({ instance }) => instance);
  if (!served) return { targets: names, sinceMs: atMs };
  if (served.targets.join() === names.join()) return served;
  const left = [...served.targets, ...(served.before ?? [])].filter(
    (name) => !names.includes(name),
  );
  return { targets: names, before: left.slice(0, MOST_LEFT), sinceMs: atMs };
}

/** More instances than one service can have in its drain. */
const MOST_LEFT = 64;

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
  { revision = '', release, toolRule }: CheckedInstance,
): ServiceHistory {
  const { result } = verification;
  const checked = { ...history, verification };
  const tools = result.outcome === 'verified' ? result.surface : undefined;
  if (result.outcome !== 'verified' || !tools) return checked;
  const [good, ...others] = history.releases ?? [];
  if (good?.release === release) return { ...checked, releases: [{ ...good, tools }, ...others] };
  const isRefused = isGated(toolRule, history, release) && findUnapproved(toolRule, result);
  return isRefused ? { ...checked, refusedTools: { revision, release, tools } } : checked;
}

type CheckedInstance = Pick<ProbeTarget, 'release' | 'toolRule'> &
  Partial<Pick<ProbeTarget, 'revision'>>;

/** The history after a release proved itself, or was given up. */
export function recordVerdict(history: ServiceHistory, verdict: Verdict): ServiceHistory {
  if (verdict.kind === 'condemned') {
    // What failed was the release: nobody shall wait for it on the way back.
    const { failure: _failure, restarts: _restarts, ...rest } = history;
    return { ...rest, condemned: verdict.release };
  }
  const { release: good } = verdict;
  const [last] = history.releases ?? [];
  const others = (history.releases ?? []).filter(({ release }) => release !== good.release);
  const releases = [good, ...others].slice(0, MOST_RELEASES);
  if (!last || last.release === good.release) return { ...history, releases };
  const { refusedTools: _refused, toolsChange: _before, ...rest } = history;
  const changes = last.tools && good.tools && compareTools(last.tools, good.tools);
  const { release } = good;
  const told = changes ? { toolsChange: { release, before: last.release, ...changes } } : {};
  return { ...rest, releases, ...told };
}

/** What can be gone back to; each holds a whole version. */
const MOST_RELEASES = 5;

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
  if (step.kind !== 'start' || (step.remaining ?? 0) > 0) return [];
  return requests.filter(({ kind }) => kind === 'restart').map(({ id }) => id);
}
