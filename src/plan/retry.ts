import { isLook, type Step, type Wait } from '../model/plan.ts';
import type { Failure } from '../model/history.ts';
import type { ServiceState } from '../model/status.ts';
import type { Decision } from './decision.ts';
import { stands, textOf, waitAfter } from './failure-wait.ts';
import type { ServiceView } from './view.ts';

/** So many attempts in a row that failed are no hiccup any more: that is a state of its own. */
const HICCUPS = 2;

export const STEPS_RUN = 'steps are running';

type State = Pick<Decision, 'state' | 'stateCause'>;

/** What failed waits before it is tried again; what cannot succeed waits for new input. */
export function withRetry(
  view: ServiceView,
  decision: Decision,
  { nowMs }: { readonly nowMs: number },
): Decision {
  const { failure } = view.history;
  if (!failure || !stands(failure, view, nowMs)) return decision;
  const reach = withinReach(decision.road);
  const at = reach.findIndex((item) => item.kind === failure.step && !isLook(item));
  if (at < 0) return decision;
  const wait = waitAfter(failure, view, nowMs);
  // No outage for a start that may not be tried: what prepares it waits with it.
  const from = reach.slice(0, at).findLastIndex((item) => !prepares(item)) + 1;
  const road = wait ? decision.road.toSpliced(from, 0, wait) : decision.road;
  return from > 0
    ? { ...decision, road }
    : { ...decision, road, ...stateAfter(failure, decision, wait) };
}

/** What is done before the first wait, and what follows a pull at once. */
function withinReach(road: readonly (Step | Wait)[]): readonly (Step | Wait)[] {
  const end = road.findIndex((item) => item.kind === 'wait' && item.until !== 'pulled');
  return end < 0 ? road : road.slice(0, end);
}

function prepares(item: Step | Wait): boolean {
  return item.kind === 'stop' || item.kind === 'wait' || (item.kind === 'pull' && !isLook(item));
}

/** The same while it waits and while it is tried again, so that nobody sees it change at each attempt. */
function stateAfter(failure: Failure, decision: Decision, wait: Wait | undefined): State {
  const { state, current } = decision;
  if (wait?.until === 'mended') return { state: 'Failed', stateCause: wait.cause };
  const stateCause = wait?.cause ?? decision.stateCause;
  if (state === 'Failed' || state === 'Removing') return { state, stateCause };
  const runs = current?.state === 'running';
  if (isHiccup(failure) && ON_ITS_WAY.has(state)) {
    return { state: state === 'Pending' ? 'Starting' : state, stateCause };
  }
  if (!runs && !ON_ITS_WAY.has(state)) return { state, stateCause };
  return {
    state: runs ? 'Degraded' : 'Failed',
    stateCause: isHiccup(failure) ? stateCause : textOf(failure),
  };
}

const ON_ITS_WAY: ReadonlySet<ServiceState> = new Set([
  'Pending',
  'Starting',
  'Updating',
  'RollingBack',
]);

function isHiccup({ count }: Failure): boolean {
  return count <= HICCUPS;
}

/** While steps are running: what has failed too often has failed until it no longer does. */
export function movingState(view: ServiceView, nowMs: number): State {
  const { desired, instances, history } = view;
  if (!desired) return { state: 'Removing', stateCause: STEPS_RUN };
  const runs = instances.some(({ state }) => state === 'running');
  const { failure } = history;
  if (failure && !isHiccup(failure) && stands(failure, view, nowMs)) {
    return { state: runs ? 'Degraded' : 'Failed', stateCause: textOf(failure) };
  }
  return { state: runs ? 'Updating' : 'Starting', stateCause: STEPS_RUN };
}
