import type { Step, Wait } from '../model/plan.ts';
import type { Route } from '../model/route.ts';
import type { DesiredService } from '../model/service.ts';
import { judge } from './check.ts';
import { removeInstance } from './decision.ts';
import { drainingTargets, type Leaving, letGo, ONE_MORE } from './letting-go.ts';
import type { Located } from './locate.ts';
import { limitSteps, missingSlots, type Slot, slotOf } from './making.ts';
import { needOf } from './motive.ts';
import { compare } from './order.ts';
import { isStable, stableWait, verifiedWait } from './proving.ts';
import { isReady, type Leg, type Road, type Situation, unobservedWait } from './road.ts';
import { isTarget, routesAfter, routeSteps, toTargets } from './routing.ts';
import type { Outdated } from './sort-instances.ts';
import { newRelease } from './image.ts';

/** Whether the new is made beside the old: asked for, and something serves that shall go on to. */
export function isSurge(situation: Situation): boolean {
  const { view, desired, sorted } = situation;
  if (desired.rollout.strategy !== 'surge' || sorted.outdated.length === 0) return false;
  const serves = ({ state, name }: Located): boolean =>
    state === 'running' && isTarget(view.routes, name);
  const isUnderway = desired.replicas > 1 && sorted.kept.some(serves);
  return isUnderway || sorted.outdated.some((old) => isServing(situation, old));
}

/**
 * One new instance after the other: made beside the old ones, verified, proven, routed to; then an old
 * one drains, stops and goes. There is never more than one more than wanted.
 */
export function surge(situation: Situation): Road {
  const { sorted } = situation;
  const isWell = (one: Located): boolean =>
    isReady(situation, one) && isStable(situation, one) && !needOf(situation, one)?.restarts;
  const well = sorted.kept.filter(isWell);
  const pending = sorted.kept
    .filter((one) => !isWell(one))
    .map((instance): Trial => ({ slot: slotOf(situation, instance), instance }))
    .toSorted((a, b) => compare(a.slot.name, b.slot.name));
  const idle = sorted.outdated.filter((old) => !isServing(situation, old));
  const walk = createWalk(situation, well);
  const first = [
    ...well.flatMap((instance) => limitSteps(situation, instance)),
    ...idle.flatMap((old) => remove(situation, old)),
    ...walk.drop(sorted.extras.filter((one) => !mayServe(situation, one))),
    ...walk.switchOver(),
  ];
  const leaving = [...idle, ...walk.left].map(({ instance }) => instance);
  const made = missingSlots(situation, leaving).map((slot): Trial => ({ slot }));
  const trials = [...pending, ...made];
  const [next, ...later] = trials;
  if (!next) return { first, making: [], rest: unrouted(situation) };
  const rest = [
    ...walk.pass(next),
    ...later.flatMap((trial) => [...steps(situation, trial), ...walk.pass(trial)]),
  ];
  return { first, making: steps(situation, next), rest: [...rest, ...unrouted(situation)] };
}

interface Trial {
  readonly slot: Slot;
  /** Absent where it is not made yet. */
  readonly instance?: Located;
}

function steps(situation: Situation, { slot, instance }: Trial): Leg {
  const limits = instance ? limitSteps(situation, instance) : [];
  return [...slot.prepare, ...slot.start, ...limits];
}

/** The way as far as it is planned: who has proven itself, where the route leads, who has left. */
function createWalk(situation: Situation, well: readonly Located[]) {
  const { view, desired, sorted, input } = situation;
  const done = [...toTargets(well)];
  const old = sorted.outdated
    .filter((one) => isServing(situation, one))
    .toSorted((a, b) => Number(isRouted(situation, b)) - Number(isRouted(situation, a)));
  const left = new Set<Leaving>();
  const surplus = sorted.extras
    .filter((one) => mayServe(situation, one))
    .map((instance): Leaving => ({ instance, ...ONE_MORE }));
  let routes: readonly Route[] = view.routes;

  /** The traffic goes to the new ones and to as many old ones as are still needed; the others go. */
  function switchOver(): Leg {
    const needed = Math.max(0, desired.replicas - done.length);
    // One route has one path: an old one with another gets nothing any more.
    const mayStay = old.filter(({ instance }) => done.length === 0 || hasPath(instance, desired));
    const stay = mayStay.slice(0, needed);
    const leaving: Leaving[] = old.filter((one) => !stay.includes(one) && !left.has(one));
    for (const one of leaving) left.add(one);
    // One more of the new serves until another one does.
    if (done.length > 0) leaving.push(...surplus.splice(0));
    const isLed = done.length > 0 || leaving.some((one) => isRouted(situation, one));
    const route = isLed ? lead(stay, leaving) : [];
    const gone = letGo({ situation, leaving, routes });
    return [...route, ...(leaving.length > 0 ? [...unobservedWait(situation), ...gone] : [])];
  }

  function lead(stay: readonly Outdated[], leaving: readonly Leaving[]): readonly Step[] {
    if (!input.routes.ok) return [];
    const targets = [...done, ...toTargets(stay.map(({ instance }) => instance))];
    const gone = leaving.map(({ instance }) => instance);
    const draining = drainingTargets(situation, gone);
    // As long as none of the new ones serves, the route stays what it is for the old ones.
    const as = done.length > 0 ? desired : asRouted(routes, desired);
    const note = sessionsNote(situation, leaving);
    const planned = routeSteps({ routes }, as, { targets, draining, note });
    routes = routesAfter({ routes }, planned);
    return planned;
  }

  /** Behind its start: until it has proven itself and the traffic is there. */
  function pass({ slot, instance }: Trial): Leg {
    const starts = slot.start.length > 0;
    const health = !starts && instance ? judge(view, instance, input) : undefined;
    const release = instance?.release ?? newRelease(view, desired, input);
    const verified = health?.kind === 'passed' ? [] : [verifiedWait(health, input)];
    const stable = stableWait(situation, release, starts ? undefined : instance);
    done.push({ instance: slot.name, url: starts ? '' : (instance?.url ?? '') });
    return [...verified, ...stable, ...switchOver()];
  }

  function drop(extras: readonly Located[]): Leg {
    const leaving = extras.map((instance): Leaving => ({ instance, ...ONE_MORE }));
    return letGo({ situation, leaving, routes });
  }

  return { switchOver, pass, drop, left };
}

/** It has the traffic as far as anybody knows. */
function mayServe({ view, input }: Situation, { name }: Located): boolean {
  return !input.routes.ok || isTarget(view.routes, name);
}

/** The bridge's sessions go on where they are; nobody knows how many a server of its own keeps. */
function sessionsNote(
  { view: { history } }: Situation,
  leaving: readonly Leaving[],
): string | undefined {
  const result = history.verification?.result;
  const isLegacy = result?.outcome === 'verified' && result.era === 'legacy';
  const ends = leaving.some(({ instance: { spec } }) => spec?.transport === 'http' && !spec.url);
  return isLegacy && ends ? 'sessions of older clients end' : undefined;
}

function asRouted(routes: readonly Route[], desired: DesiredService): DesiredService {
  const held = routes.find(({ slug }) => slug === desired.slug) ?? routes[0];
  if (!held) return desired;
  return { ...desired, slug: held.slug, spec: { ...desired.spec, path: held.path } };
}

function hasPath({ spec }: Located, desired: DesiredService): boolean {
  return spec?.path === desired.spec.path;
}

/** It runs, and has the traffic or shall not be lost for what only may become better. */
function isServing({ view, input }: Situation, { instance }: Outdated): boolean {
  if (instance.state !== 'running' || isForbidden(instance)) return false;
  if (!input.routes.ok || isTarget(view.routes, instance.name)) return true;
  const isGood = view.history.releases?.some(({ release }) => release === instance.release);
  return isGood ?? false;
}

/** What the operator allows no more serves nobody, whatever comes after it. */
function isForbidden({ drift }: Located): boolean {
  return drift.some(({ path }) => path === 'allowedRemoteAddresses');
}

function isRouted({ view }: Situation, { instance }: Leaving): boolean {
  return isTarget(view.routes, instance.name);
}

function remove({ desired }: Situation, { instance, reason, cause }: Outdated): readonly Step[] {
  return removeInstance(instance, { reason, cause, graceMs: desired.rollout.drainMs });
}

function unrouted(situation: Situation): readonly Wait[] {
  return situation.sorted.outdated.length > 0 ? [] : unobservedWait(situation);
}
