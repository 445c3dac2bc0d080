import type { ChangeKind, Reason } from '../model/plan.ts';
import type { DesiredService } from '../model/service.ts';
import type { Health } from './check.ts';
import type { PlanInput } from './input.ts';
import type { SortedInstances } from './sort-instances.ts';
import { hasRequest, type Located, type ServiceView } from './view.ts';

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
  readonly health: Health | undefined;
  readonly input: PlanInput;
}

export function motiveFor({ view, sorted, health, input }: MotiveInput): Motive {
  const { current, outdated, extras } = sorted;
  const [old] = outdated;
  const request = hasRequest(view, 'restart');
  const answered =
    request !== undefined &&
    current?.state === 'running' &&
    (current.startedAtMs ?? 0) > request.atMs;
  const spent = answered ? [request.id] : [];
  if (old) {
    const restarts = current !== undefined && current.state !== 'running';
    return { change: 'replace', reason: old.reason, cause: old.cause, restarts, spent };
  }
  if (!current) return { ...absence(view), restarts: false, spent };
  if (request && !answered) {
    return motive('restart_by_request', `asked by ${request.by}`, { restarts: true, spent });
  }
  if (current.state !== 'running') return { ...standstill(view, current), spent };
  if (health?.kind === 'unresponsive' && !input.observer.fault) {
    const failure = `unresponsive: ${health.message}`;
    return {
      ...motive('restart_because_unresponsive', failure, { restarts: true, spent }),
      failure,
    };
  }
  if (extras.length > 0) return motive('remove_leftover', 'one more than wanted', { spent });
  return motive('update_because_route_changed', 'its route must follow it', { spent });
}

function motive(
  reason: Reason,
  cause: string,
  { restarts = false, spent }: { restarts?: boolean; spent: readonly string[] },
): Motive {
  return { change: 'update', reason, cause, restarts, spent };
}

function absence({ history }: ServiceView): Pick<Motive, 'change' | 'reason' | 'cause'> {
  const ranBefore = history.goodRevision !== undefined || history.verification !== undefined;
  return ranBefore
    ? { change: 'create', reason: 'create_because_missing', cause: 'it is missing' }
    : { change: 'create', reason: 'create_because_new', cause: 'not found' };
}

/** Not running: never started, stopped by us, or crashed. Only the last is a failure. */
function standstill({ history }: ServiceView, current: Located): Omit<Motive, 'spent'> {
  const base = { change: 'update', restarts: true } as const;
  if (current.state === 'created') {
    return { ...base, change: 'create', reason: 'create_because_new', cause: 'not started yet' };
  }
  if (current.state === 'paused') {
    const failure = 'paused from outside';
    return { ...base, reason: 'restart_because_unresponsive', cause: failure, failure };
  }
  if (history.stoppedInstanceId === current.id) {
    return { ...base, reason: 'start_because_stopped', cause: 'it was stopped' };
  }
  const failure = `crashed: ${formatExit(current)}`;
  return { ...base, reason: 'restart_because_crashed', cause: failure, failure };
}

function formatExit({ exit }: Located): string {
  if (!exit) return 'it ended';
  if (exit.signal !== null) return `ended by ${exit.signal}`;
  return `exit code ${exit.code ?? 'unknown'}`;
}
