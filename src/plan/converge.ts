import { isLook, type Step, type Wait } from '../model/plan.ts';
import type { DesiredService } from '../model/service.ts';
import { judge } from './check.ts';
import type { Decision } from './decision.ts';
import { driftOf } from './drift.ts';
import { holdFor } from './hold.ts';
import type { PlanInput } from './input.ts';
import { type Motive, motiveFor } from './motive.ts';
import { type ImageLook, lookAtImage } from './pull.ts';
import { goodVerdict } from './proving.ts';
import { renew } from './renew.ts';
import type { Leg, Situation } from './road.ts';
import { isRolling, roll } from './roll.ts';
import { isTarget } from './routing.ts';
import { type SortedInstances, sortInstances } from './sort-instances.ts';
import { convergedState } from './state.ts';
import { isSurge, surge } from './surge.ts';
import { hasRequest, type ServiceView } from './view.ts';

/** Power on: as many verified, routed instances of the wanted release as wanted, and nothing else. */
export function converge(view: ServiceView, desired: DesiredService, input: PlanInput): Decision {
  const sorted = sortInstances(view, desired, input);
  const { current } = sorted;
  const health = current?.state === 'running' ? judge(view, current, input) : undefined;
  const motive = motiveFor({ view, desired, sorted, input });
  const situation: Situation = { view, desired, sorted, motive, input };
  const { first, making, rest } = roadFor(situation);
  const hold = holdFor({ ...situation, making });
  const whole = [...first, ...(hold ? [hold.wait] : []), ...making, ...rest];
  const planned = withRemaining(whole, situation);
  const look = lookAtImage({ view, desired, input }, planned);
  const road = [...look.first, ...planned, ...look.later];
  const verdict = goodVerdict(situation);
  return {
    ...motive,
    ...changeOf(road, motive),
    road,
    drift: driftOf(view, sorted, motive),
    replacePaths: [...new Set(sorted.outdated.flatMap(({ paths }) => paths))],
    spent: motive.spent,
    ...withTrouble(convergedState({ ...situation, health, hold, rest }), look),
    ...servingInstance(view, sorted),
    ...(current && { tried: current }),
    kept: sorted.kept,
    beside: besides(view, sorted),
    ...(verdict && { verdict }),
  };
}

function roadFor(situation: Situation) {
  if (isSurge(situation)) return surge(situation);
  return isRolling(situation) ? roll(situation) : renew(situation);
}

/**
 * A request to restart holds once the last one has started anew; one from before the clock was set back
 * is told by no start's time, and holds with any.
 */
function withRemaining(road: Leg, { view, input }: Situation): Leg {
  const request = hasRequest(view, 'restart');
  if (!request || request.atMs > input.nowMs) return road;
  return road.map((item, index) => {
    if (item.kind !== 'start') return item;
    const later = road.slice(index + 1).filter(isAsked).length;
    return later === 0 ? item : { ...item, remaining: later };
  });
}

function isAsked(item: Step | Wait): boolean {
  return item.kind === 'start' && item.reason === 'restart_by_request';
}

/** A look changes nothing by itself: it gives its reason only where there is no other. */
function changeOf(
  road: readonly (Step | Wait)[],
  { change, reason, cause }: Motive,
): Pick<Decision, 'change' | 'reason' | 'cause'> {
  const steps = road.filter((item) => item.kind !== 'wait');
  const [first] = steps;
  if (!first) return { change: 'no-op', reason, cause };
  if (!steps.every(isLook)) return { change, reason, cause };
  return { change: 'update', reason: first.reason, cause: first.cause };
}

/** What runs well goes on to; why it is not known to be the newest is told beside it. */
function withTrouble(
  said: ReturnType<typeof convergedState>,
  { trouble }: ImageLook,
): ReturnType<typeof convergedState> {
  if (trouble === undefined || said.stateCause !== '') return said;
  return { ...said, stateCause: `its image could not be looked for: ${trouble}` };
}

/** What the traffic goes to; in a rollout that is the old one until the new one has proven itself. */
function servingInstance(
  { routes }: ServiceView,
  { current, kept, outdated }: SortedInstances,
): Pick<Decision, 'current'> {
  const old = outdated.map(({ instance }) => instance);
  const running = [...kept, ...old].filter(({ state }) => state === 'running');
  const routed = running.find(({ name }) => isTarget(routes, name));
  const serving = routed ?? (current?.state === 'running' ? current : (running[0] ?? current));
  return serving ? { current: serving } : {};
}

/** The old ones that serve on go on to be checked, as what they are. */
function besides(
  { history }: ServiceView,
  { outdated }: SortedInstances,
): NonNullable<Decision['beside']> {
  return outdated.flatMap(({ instance }) => {
    const good = history.releases?.find(({ release }) => release === instance.release);
    return good && instance.state === 'running' ? [{ instance, version: good.version }] : [];
  });
}
