import type { Step } from '../model/plan.ts';
import type { Route } from '../model/route.ts';
import { judge } from './check.ts';
import { drainedWait, drainingTargets } from './letting-go.ts';
import type { Located } from './locate.ts';
import { missingSlots, slotOf } from './making.ts';
import { needOf } from './motive.ts';
import { compare } from './order.ts';
import { verifiedWait } from './proving.ts';
import { isReady, type Leg, type Road, type Situation } from './road.ts';
import { routesAfter, routeSteps } from './routing.ts';

/** Whether instances that all run are to start anew one after the other. */
export function isRolling({ desired, sorted, motive }: Situation): boolean {
  const { kept, outdated } = sorted;
  if (motive.reason !== 'restart_by_request' || desired.replicas < 2) return false;
  return outdated.length === 0 && kept.length > 1 && kept.every(({ state }) => state === 'running');
}

/** Each loses the traffic, drains, stops and starts, and is verified before the next one. */
export function roll(situation: Situation): Road {
  const { view, sorted, input } = situation;
  // First those that serve nobody; then by name, for who has the traffic changes on the way.
  const rank = (one: Located): number => Number(isReady(situation, one));
  const asked = sorted.kept
    .filter((instance) => needOf(situation, instance)?.reason === 'restart_by_request')
    .toSorted((a, b) => rank(a) - rank(b) || compare(a.name, b.name));
  const fresh = sorted.kept.find((one) => !asked.includes(one) && !isReady(situation, one));
  const wait = fresh ? [verifiedWait(judge(view, fresh, input), input)] : [];
  const started = new Set<Located>();
  let { routes }: { routes: readonly Route[] } = view;

  const lead = (without?: Located, draining: readonly Located[] = []): readonly Step[] => {
    const planned = leadTo(situation, { routes, started, without, draining });
    routes = routesAfter({ routes }, planned);
    return planned;
  };
  const legs = asked.map((instance): { readonly before: Leg; readonly restart: Leg } => {
    const drained = drainedWait(situation, [instance]);
    const before = [...lead(instance, [instance]), ...drained, ...lead(instance)];
    started.add(instance);
    return { before, restart: slotOf(situation, instance).start };
  });
  const missing = missingSlots(situation).flatMap(({ prepare, start }) => [...prepare, ...start]);
  if (missing.length > 0) legs.unshift({ before: [], restart: missing });
  const [next, ...later] = legs;
  const verified = verifiedWait(undefined, input);
  const rest = later.flatMap(({ before, restart }): Leg => [...before, ...restart, verified]);
  return {
    first: [...wait, ...(next?.before ?? [])],
    making: next?.restart ?? [],
    rest: [verified, ...rest, ...lead()],
  };
}

interface Lead {
  readonly routes: readonly Route[];
  /** Have another address by then. */
  readonly started: ReadonlySet<Located>;
  readonly without: Located | undefined;
  /** Whose sessions go on meanwhile. */
  readonly draining: readonly Located[];
}

function leadTo(
  situation: Situation,
  { routes, started, without, draining }: Lead,
): readonly Step[] {
  const { desired, sorted, input } = situation;
  if (!input.routes.ok) return [];
  const targets = sorted.kept
    .filter((one) => one !== without && (started.has(one) || isReady(situation, one)))
    .map((one) => ({ instance: one.name, url: started.has(one) ? '' : (one.url ?? '') }));
  return routeSteps({ routes }, desired, {
    targets,
    draining: drainingTargets(situation, draining),
  });
}
