import type { Step, Wait } from '../model/plan.ts';
import type { RouteTarget } from '../model/route.ts';
import { judge } from './check.ts';
import { removeInstance, stopInstance } from './decision.ts';
import { drainingTargets, type Leaving, letGo, ONE_MORE } from './letting-go.ts';
import type { Located } from './locate.ts';
import { limitSteps, missingSlots, type Slot, slotOf } from './making.ts';
import { compare } from './order.ts';
import { stableWait, verifiedWait } from './proving.ts';
import { isReady, type Leg, type Road, type Situation, unobservedWait } from './road.ts';
import { routesAfter, routeSteps, toTargets } from './routing.ts';
import { acceptedRelease } from './view.ts';

/**
 * What runs is started, restarted or made where nothing serves beside it: the old ones stop to make
 * room, and go once the new ones proved themselves.
 */
export function renew(situation: Situation): Road {
  const { desired, sorted, motive } = situation;
  const graceMs = desired.rollout.drainMs;
  const slots = [
    ...sorted.kept.map((instance) => slotOf(situation, instance)),
    ...missingSlots(situation),
  ].toSorted((a, b) => compare(a.name, b.name));
  const starts = slots.some(({ start }) => start.length > 0);
  const why = { reason: motive.reason, cause: motive.cause, graceMs };
  const making = [
    ...slots.flatMap(({ prepare }) => prepare),
    ...sorted.outdated.flatMap(({ instance }) => stopInstance(instance, why)),
    ...(starts && motive.restarts ? sorted.extras.flatMap((one) => stopInstance(one, why)) : []),
    ...slots.flatMap(({ start }) => start),
    ...sorted.kept.flatMap((instance) => limitSteps(situation, instance)),
  ];
  const first = starts ? routeToTheWell(situation, slots) : [];
  return { first, making, rest: settle(situation, slots, starts) };
}

/** The traffic goes to those that run while another one starts. */
function routeToTheWell(situation: Situation, slots: readonly Slot[]): Leg {
  const { view, desired, sorted, input } = situation;
  const ailing = new Set(slots.flatMap(({ name, start }) => (start.length > 0 ? [name] : [])));
  const well = sorted.kept.filter((one) => !ailing.has(one.name) && isReady(situation, one));
  if (well.length === 0 || !input.routes.ok) return [];
  const steps = routeSteps(view, desired, { targets: toTargets(well) });
  return steps.filter(({ kind }) => kind === 'route');
}

/** After it runs: wait until verified, route to it, let the old go, clear what is too many. */
function settle(situation: Situation, slots: readonly Slot[], starts: boolean): Leg {
  const { desired, sorted, view } = situation;
  const graceMs = desired.rollout.drainMs;
  const old = sorted.outdated.flatMap(({ instance, reason, cause }) =>
    removeInstance(asStopped(instance), { reason, cause, graceMs }),
  );
  const extras = sorted.extras.map((instance): Leaving => ({
    instance: starts ? asStopped(instance) : instance,
    ...ONE_MORE,
  }));
  const leaving = extras.map(({ instance }) => instance);
  const draining = drainingTargets(situation, leaving);
  const serving = serve(situation, slots, { starts, draining });
  const steps = serving.filter((item): item is Step => item.kind !== 'wait');
  const after = routesAfter(view, steps);
  const proof = keepsOld(situation) ? prove(situation, starts) : [];
  const gone = letGo({ situation, leaving: extras, routes: after });
  return [...serving, ...proof, ...old, ...unobservedWait(situation), ...gone];
}

/** The traffic goes to nothing that was not verified; where it goes is known after the start. */
function serve(
  situation: Situation,
  slots: readonly Slot[],
  { starts, draining }: { readonly starts: boolean; readonly draining: readonly RouteTarget[] },
): Leg {
  const { view, desired, sorted, input } = situation;
  const { kept } = sorted;
  const health = sorted.current && judge(view, sorted.current, input);
  const isKnown = !starts && kept.every(({ url }) => url !== undefined);
  const targets = isKnown ? toTargets(kept) : slots.map(laterTarget);
  const route = input.routes.ok ? routeSteps(view, desired, { targets, draining }) : [];
  if (starts || health?.kind !== 'passed') {
    return [verifiedWait(starts ? undefined : health, input), ...route];
  }
  return isKnown ? route : [ADDRESS_UNKNOWN];
}

function laterTarget({ name }: Slot) {
  return { instance: name, url: '' };
}

const ADDRESS_UNKNOWN: Wait = {
  kind: 'wait',
  until: 'started',
  cause: 'its address is not known yet',
};

/** The last good one is down beside it, and can be gone back to. */
function keepsOld({ view, desired, sorted }: Situation): boolean {
  const good = acceptedRelease(view);
  if (desired.rollout.onFailure !== 'rollback' || good === undefined) return false;
  return sorted.outdated.some(({ instance }) => instance.release === good);
}

function prove(situation: Situation, starts: boolean): Leg {
  const { current } = situation.sorted;
  return stableWait(situation, current?.release ?? '', starts ? undefined : current);
}

/** Earlier on the road it is stopped already. */
function asStopped(instance: Located): Located {
  return { ...instance, state: 'exited' };
}
