import type { Condemned } from '../model/history.ts';
import type { ChangeKind, Reason } from '../model/plan.ts';
import type { Request } from '../model/request.ts';
import type { DesiredService } from '../model/service.ts';
import { heldBridgeWishes } from './bridge.ts';
import { judge, observerFault } from './check.ts';
import { formatValue } from './format-value.ts';
import { meaningOf, movedTo } from './image.ts';
import type { PlanInput } from './input.ts';
import type { Located } from './locate.ts';
import { updatesOf } from './pulled.ts';
import { isLimit, type SortedInstances } from './sort-instances.ts';
import { hasRequest, type ServiceView } from './view.ts';

export const LIMITS_DRIFTED = 'its limits drifted';

/** Why something must be done to a service, or that nothing must. */
export interface Motive {
  readonly change: ChangeKind;
  readonly reason: Reason;
  readonly cause: string;
  /** The current instance must stop (where it is up) and start. */
  readonly restarts: boolean;
  /** A runtime failure in words; its restarts are counted and backed off. */
  readonly failure?: string;
  readonly spent: readonly string[];
}

interface MotiveInput {
  readonly view: ServiceView;
  readonly desired: DesiredService;
  readonly sorted: SortedInstances;
  readonly input: PlanInput;
}

/** A current instance that ails comes first, also in the midst of its own rollout. */
export function motiveFor(situation: MotiveInput): Motive {
  const { view, sorted } = situation;
  const { current, outdated } = sorted;
  const [old] = outdated;
  const spent = fulfilledRequests(situation);
  const replacement = old && ({ change: 'replace', reason: old.reason, cause: old.cause } as const);
  if (!current) return { ...(replacement ?? absence(view)), restarts: false, spent };
  const own = needOf(situation, current) ?? askedRestart(situation);
  if (!replacement) return { ...(own ?? fewer(situation) ?? settling(sorted, current)), spent };
  if (own && current.state !== 'created') return { ...own, change: 'replace', spent };
  return { ...replacement, restarts: current.state !== 'running', spent };
}

type Why = Omit<Motive, 'spent'>;

/** Why an instance itself must be started or restarted. */
export function needOf(
  { view, input }: Pick<MotiveInput, 'view' | 'input'>,
  current: Located,
): Why | undefined {
  const request = hasRequest(view, 'restart');
  if (request && !isAnswered(request, current, view)) {
    return update('restart_by_request', `asked by ${request.by}`, true);
  }
  if (current.state !== 'running') return standstill(view, current);
  const health = judge(view, current, input);
  if (health.kind !== 'unresponsive' || observerFault(input)) return undefined;
  // Nothing here can start a remote server again; it is checked until it answers.
  if (current.spec?.url !== undefined) return undefined;
  const failure = `unresponsive: ${health.message}`;
  return { ...update('restart_because_unresponsive', failure, true), failure };
}

/** Another one of several has yet to start anew. */
function askedRestart({ view, sorted, input }: MotiveInput): Why | undefined {
  const needs = sorted.kept.map((instance) => needOf({ view, input }, instance));
  return needs.find((need) => need?.reason === 'restart_by_request');
}

/** Fewer run than wanted: some are gone, or more are wanted than before. */
function fewer({ view, desired, sorted }: MotiveInput): Why | undefined {
  const missing = desired.replicas - sorted.kept.length;
  if (missing <= 0) return undefined;
  const cause = `${missing} of ${desired.replicas} instances missing`;
  const served = view.history.served?.targets.length ?? 0;
  const reason = served >= desired.replicas ? 'create_because_missing' : 'create_because_scaled';
  return { change: 'update', reason, cause, restarts: false };
}

/** Nothing is wrong with what runs: what is left to tidy up around it. */
function settling({ extras }: SortedInstances, current: Located): Why {
  if (current.drift.some(({ path }) => isLimit(path))) {
    return update('update_because_drifted', LIMITS_DRIFTED);
  }
  if (extras.length > 0) return update('remove_leftover', 'one more than wanted');
  return update('update_because_route_changed', 'its route must follow it');
}

/** A restart holds once the instance started later; an update, once the image runs that it asked for. */
function fulfilledRequests({ view, desired, sorted, input }: MotiveInput): readonly string[] {
  const { kept, current } = sorted;
  const restarts = view.requests.filter(
    (request) =>
      request.kind === 'restart' &&
      kept.length > 0 &&
      kept.every((instance) => isAnswered(request, instance, view)),
  );
  const bridged = current?.state === 'running' ? heldBridgeWishes(view, desired, input) : [];
  const { answered, open } = updatesOf(view, desired);
  if (desired.spec.image === undefined)
    return [...idsOf([...restarts, ...answered, ...open]), ...bridged];
  const updated = updateHolds({ view, desired, sorted, input }) ? answered : [];
  return [...idsOf([...restarts, ...updated]), ...bridged];
}

function idsOf(requests: readonly Request[]): readonly string[] {
  return requests.map(({ id }) => id);
}

/** The try that it asked for may have failed: what is gone back to runs on. */
function isAnswered(
  request: Request,
  { state, startedAtMs }: Located,
  { past }: ServiceView,
): boolean {
  if (past?.givenUp && isAnsweredBy(past.givenUp, request)) return true;
  return state === 'running' && startedAtMs !== undefined && startedAtMs > request.atMs;
}

/** Whether a request to restart was there when the release was given up, whatever the clock says. */
export function isAnsweredBy({ answers, atMs }: Condemned, request: Request): boolean {
  return answers ? answers.includes(request.id) : request.atMs <= atMs;
}

/** As long as any instance is of another image, going back to it is not ruled out yet. */
function updateHolds({ view, desired, sorted, input }: MotiveInput): boolean {
  if (sorted.current?.state !== 'running' || !meaningOf(desired, input)) return false;
  return view.instances.every((instance) => movedTo(view, instance, desired, input) === undefined);
}

function update(reason: Reason, cause: string, restarts = false): Why {
  return { change: 'update', reason, cause, restarts };
}

function absence({ history }: ServiceView): Pick<Motive, 'change' | 'reason' | 'cause'> {
  const ranBefore = history.releases !== undefined || history.verification !== undefined;
  return ranBefore
    ? { change: 'create', reason: 'create_because_missing', cause: 'it is missing' }
    : { change: 'create', reason: 'create_because_new', cause: 'not found' };
}

/** Not running: never started, stopped by us, or crashed. Only the last is a failure. */
function standstill(view: ServiceView, current: Located): Why {
  const base = { change: 'update', restarts: true } as const;
  if (current.state === 'created') {
    return { ...base, change: 'create', reason: 'create_because_new', cause: 'not started yet' };
  }
  if (current.state === 'paused') {
    const failure = 'paused from outside';
    return { ...base, reason: 'restart_because_unresponsive', cause: failure, failure };
  }
  if (wasStopped(view, current)) {
    return { ...base, reason: 'start_because_stopped', cause: 'it was stopped' };
  }
  const failure = `crashed: ${formatExit(current)}`;
  return { ...base, reason: 'restart_because_crashed', cause: failure, failure };
}

/**
 * We stopped it, or it ended before another instance of the service started: then it made room, and
 * going back to it is no crash.
 */
export function wasStopped({ history, instances }: ServiceView, current: Located): boolean {
  if (history.stoppedInstanceId === current.id) return true;
  const endMs = current.exit?.atMs ?? current.startedAtMs;
  if (endMs === undefined) return false;
  return instances.some(({ id, startedAtMs }) => id !== current.id && (startedAtMs ?? 0) >= endMs);
}

export function formatExit({ exit, spec }: Located): string {
  if (!exit) return 'it ended';
  if (exit.signal !== null) return `ended by ${exit.signal}`;
  const code = `exit code ${exit.code ?? 'unknown'}`;
  if (exit.code !== KILLED_EXIT_CODE || !spec) return code;
  const limit = formatValue('memoryBytes', spec.resources.memoryBytes);
  return `${code}, killed: by hand, or at its memory limit of ${limit}`;
}

/** 128 + SIGKILL. Not every engine tells whether the kernel was short of memory. */
const KILLED_EXIT_CODE = 137;
