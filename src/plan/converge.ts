import { isLook, type Reason, type Step, type Wait } from '../model/plan.ts';
import type { DesiredService } from '../model/service.ts';
import { type Health, judge, observerFault } from './check.ts';
import { type Decision, removeInstance, stopInstance, toTarget } from './decision.ts';
import { driftOf } from './drift.ts';
import { freeName } from './free-name.ts';
import { holdFor } from './hold.ts';
import { imageToMake, newRelease } from './image.ts';
import type { PlanInput } from './input.ts';
import { type ImageLook, lookAtImage, pullBeforeCreate } from './pull.ts';
import { laterRoute, routeSteps } from './routing.ts';
import { isLimit, sortInstances, type SortedInstances } from './sort-instances.ts';
import { knownVersions } from './secret-versions.ts';
import { convergedState } from './state.ts';
import { LIMITS_DRIFTED, type Motive, motiveFor } from './motive.ts';
import type { Located } from './locate.ts';
import type { ServiceView } from './view.ts';

/** Power on: one verified, routed instance of the desired release and nothing else of this service. */
export function converge(view: ServiceView, desired: DesiredService, input: PlanInput): Decision {
  const sorted = sortInstances(view, desired, input);
  const health =
    sorted.current?.state === 'running' ? judge(view, sorted.current, input) : undefined;
  const motive = motiveFor({ view, desired, sorted, health, input });
  const making = makingSteps({ view, desired, sorted, motive, input });
  const hold = holdFor({ view, desired, sorted, motive, making, input });
  const rest = settlingSteps({ view, desired, sorted, health, making, input });
  const planned = [...(hold ? [hold.wait] : []), ...making, ...rest];
  const look = lookAtImage({ view, desired, input }, planned);
  const road = [...look.first, ...planned, ...look.later];
  return {
    ...motive,
    ...changeOf(road, motive),
    road,
    drift: driftOf(view, sorted, motive),
    replacePaths: [...new Set(sorted.outdated.flatMap(({ paths }) => paths))],
    spent: motive.spent,
    ...withTrouble(
      convergedState({ view, desired, sorted, health, hold, motive, rest, input }),
      look,
    ),
    ...servingInstance(sorted),
  };
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
  { state, stateCause }: Pick<Decision, 'state' | 'stateCause'>,
  { trouble }: ImageLook,
): Pick<Decision, 'state' | 'stateCause'> {
  if (trouble === undefined || stateCause !== '') return { state, stateCause };
  return { state, stateCause: `its image could not be looked for: ${trouble}` };
}

/** What the traffic goes to; in a rollout that is the old one until the new one runs. */
function servingInstance({ current, outdated }: SortedInstances): Pick<Decision, 'current'> {
  const old = outdated.find(({ instance }) => instance.state === 'running')?.instance;
  const serving = current?.state === 'running' ? current : (old ?? current);
  return serving ? { current: serving } : {};
}

export interface Situation {
  readonly view: ServiceView;
  readonly desired: DesiredService;
  readonly sorted: SortedInstances;
  readonly input: PlanInput;
}

/** Until the new instance runs: pull, create, make room by stopping the old, start. */
function makingSteps({
  desired,
  sorted,
  motive,
  input,
  view,
}: Situation & { motive: Motive }): readonly (Step | Wait)[] {
  const { reason, cause } = motive;
  const { current } = sorted;
  const graceMs = desired.rollout.drainMs;
  const create = current ? [] : createSteps({ view, desired, sorted, input }, { reason, cause });
  const stop = (instance: Located) => stopInstance(instance, { reason, cause, graceMs });
  const makeRoom = sorted.outdated.flatMap(({ instance }) => stop(instance));
  const target = current ? toTarget(current) : { name: newName(view, desired, input) };
  const start: Step = { kind: 'start', runtime: desired.runtime, target, reason, cause };
  if (!current) return [...create, ...makeRoom, start];
  const limits = limitSteps(desired, current);
  if (!motive.restarts && current.state === 'running') return [...makeRoom, ...limits];
  return [...makeRoom, ...sorted.extras.flatMap(stop), ...stop(current), start, ...limits];
}

function createSteps(
  { view, desired, input }: Situation,
  why: { reason: Reason; cause: string },
): readonly (Step | Wait)[] {
  const imageId = imageToMake(view, desired, input);
  const create: Step = {
    kind: 'create',
    runtime: desired.runtime,
    target: { name: newName(view, desired, input) },
    release: newRelease(view, desired, input),
    ...(imageId !== undefined && { imageId }),
    secretVersions: knownVersions(desired, input),
    service: desired,
    ...why,
  };
  return [...pullBeforeCreate({ view, desired, input }, why), create];
}

/** After it runs: wait until verified, route to it, let the old go, clear what is too many. */
function settlingSteps(situation: Settling): readonly (Step | Wait)[] {
  const { desired, sorted, making, input } = situation;
  const starts = making.some(({ kind }) => kind === 'start');
  const graceMs = desired.rollout.drainMs;
  const old = sorted.outdated.flatMap(({ instance, reason, cause }) =>
    removeInstance(asStopped(instance), { reason, cause, graceMs }),
  );
  const why = { reason: 'remove_leftover', cause: 'one more than wanted', graceMs } as const;
  const extras = sorted.extras.flatMap((instance) =>
    removeInstance(starts ? asStopped(instance) : instance, why),
  );
  const { routes } = input;
  const unrouted: readonly Wait[] = routes.ok
    ? []
    : [{ kind: 'wait', until: 'observed', cause: `not routed: ${routes.cause}` }];
  return [...servingSteps(situation, starts), ...old, ...extras, ...unrouted];
}

interface Settling extends Situation {
  readonly health: Health | undefined;
  readonly making: readonly (Step | Wait)[];
}

/** The traffic goes to nothing that was not verified; where it goes is known after the start. */
function servingSteps(
  { view, desired, sorted, health, input }: Settling,
  starts: boolean,
): readonly (Step | Wait)[] {
  const { current } = sorted;
  const now = input.routes.ok ? routeSteps(view, desired, current) : [];
  if (!starts && health?.kind === 'passed') return current?.url ? now : [ADDRESS_UNKNOWN];
  const wait = verifiedWait(starts ? undefined : health, input);
  if (!input.routes.ok || (!starts && current?.url)) return [wait, ...now];
  return [wait, ...laterRoute(view, desired, current?.name ?? newName(view, desired, input))];
}

const ADDRESS_UNKNOWN: Wait = {
  kind: 'wait',
  until: 'started',
  cause: 'its address is not known yet',
};

/** Earlier on the road it is stopped already. */
function asStopped(instance: Located): Located {
  return { ...instance, state: 'exited' };
}

function verifiedWait(health: Health | undefined, input: PlanInput): Wait {
  const wait = { kind: 'wait', until: 'verified', cause: 'not verified yet' } as const;
  if (health?.kind === 'unresponsive') {
    const fault = observerFault(input);
    return fault ? { ...wait, ...fault } : wait;
  }
  if (health?.kind !== 'unverified') return wait;
  const { message, deadlineMs } = health;
  const cause = message ? `${wait.cause}: ${message}` : wait.cause;
  return deadlineMs > input.nowMs ? { ...wait, cause, untilMs: deadlineMs } : { ...wait, cause };
}

function limitSteps(desired: DesiredService, current: Located): readonly Step[] {
  if (!current.drift.some(({ path }) => isLimit(path))) return [];
  const { resources } = desired.spec;
  const why = { reason: 'update_because_drifted', cause: LIMITS_DRIFTED } as const;
  return [
    { kind: 'update', runtime: current.runtime, target: toTarget(current), resources, ...why },
  ];
}

function newName(view: ServiceView, desired: DesiredService, input: PlanInput): string {
  return freeName(view, desired, newRelease(view, desired, input), input);
}
