import { expect, test } from 'vitest';
import type { Reason, ServicePlan } from '../../src/model/plan.ts';
import type { RouteTarget } from '../../src/model/route.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { formatEffect } from '../../src/plan/format-road.ts';
import { locateInstances, locateOrphans } from '../../src/plan/locate.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { plan } from '../../src/plan/plan.ts';
import { isRecent } from '../../src/plan/pulled.ts';
import { START_MS } from '../helpers/services.ts';
import { allowTime, desiredOf, expectNever, foreignIn, isWait, routesOf } from './property.ts';
import { IMAGE } from './versions.ts';
import { settle, type Simulated } from './simulate.ts';
import { worlds } from './worlds.ts';

const calm = worlds({ calm: true });
allowTime();

test('Applied to the end, plans make the world what the documents say, running nothing twice', () => {
  expectNever(calm, (input) => {
    const twice: string[] = [];
    const end = settle(input, (after, { service, step }) => {
      if (step.kind !== 'start') return;
      const own = locateInstances(after).filter((instance) => instance.service === service);
      const { replicas = 1, rollout } = desiredOf(after, service) ?? {};
      const most = replicas + (rollout?.strategy === 'surge' ? 1 : 0);
      if (own.filter(({ state }) => state === 'running').length > most) twice.push(service);
    });
    expect(describeWorld(end)).toEqual(describeDesired(end));
    expect(foreignIn(end)).toEqual(foreignIn(input));
    expect(networksLeft(end)).toEqual([]);
    const left = plan(end).services.flatMap(({ road }) => road.map(formatEffect));
    const open = end.requests.filter(
      (one) => one.kind === 'restart' && desiredOf(end, one.service)?.power === 'on',
    );
    return [...twice, ...left, ...open.map(({ kind }) => kind)];
  });
  expect.hasAssertions();
});

test('After any part of the road that was shown, the rest of it is planned', () => {
  expectNever(calm.filter(isKept).map(reachable), (input) =>
    plan(input).services.flatMap(({ name, road }) => {
      const at = road.findIndex((item) => item.kind === 'wait' && item.until === 'pulled');
      const isOne = (desiredOf(input, name)?.replicas ?? 1) === 1;
      // Which image several are made of may show only when the first of them is there.
      if (!isOne && desiredOf(input, name)?.spec.image !== undefined) return [];
      const of = isOne ? (effects: readonly string[]) => effects : withoutDetours;
      const known = of(effectsOf(at < 0 ? road : road.slice(0, at)));
      const guessed = at < 0 ? [] : of(effectsOf(road.slice(at)));
      const taken = of(walk(input, name));
      const rest = taken.slice(known.length);
      const follows = at < 0 ? rest.length === 0 : isOpen(input, name) || continues(guessed, rest);
      const isSame = known.join() === taken.slice(0, known.length).join() && follows;
      return isSame || isRoutedSooner(road, known, taken)
        ? []
        : [`${[...known, ...guessed].join()} became ${taken.join()}`];
    }),
  );
  expect.hasAssertions();
});

/**
 * An instance that runs already may prove itself while others have to be stopped. Then it gets its limits and
 * the traffic at once: the same is done, and no more stops before the traffic is led there.
 */
function isRoutedSooner(
  road: ServicePlan['road'],
  known: readonly string[],
  taken: readonly string[],
): boolean {
  const waits = road.some((item) => item.kind === 'wait' && PROOFS.has(item.until));
  if (!waits || road.some(({ kind }) => kind === 'start' || kind === 'pull')) return false;
  const isSame = known.toSorted().join() === taken.toSorted().join();
  return isSame && stopsBeforeRoute(taken) <= stopsBeforeRoute(known);
}

const PROOFS = new Set(['verified', 'stable']);

function stopsBeforeRoute(effects: readonly string[]): number {
  const routed = effects.findIndex((effect) => effect.startsWith('route '));
  return effects.slice(0, routed).filter((effect) => effect.startsWith('stop ')).length;
}

/** What was left over before is not the concern of the road. */
function effectsOf(road: ServicePlan['road']): readonly string[] {
  return road.filter((item) => !isWait(item) && isConcern(item)).map(formatEffect);
}

/**
 * Of several, some may pass their check before others and get traffic at once, and what is made has the
 * first name that is free then: only how often what is done is told.
 */
function withoutDetours(effects: readonly string[]): readonly string[] {
  const last = effects.findLastIndex((effect) => effect.startsWith('route '));
  return effects
    .filter((effect, index) => !effect.startsWith('route ') || index === last)
    .map((effect) => effect.split(' ', 1)[0] ?? '')
    .toSorted();
}

function isConcern({ kind, ...item }: ServicePlan['road'][number]): boolean {
  return kind !== 'prune' && !('reason' in item && item.reason === 'remove_leftover');
}

/** Whether a pull shows another image than what runs, or than what was thought to be the newest. */
function isOpen(input: Simulated, name: string): boolean {
  const { registry, images } = input;
  const own = locateInstances(input).filter(({ service }) => service === name);
  const stored = [...images.values()].map((store) => store.get(IMAGE)?.id);
  const known = [...own.map(({ imageId }) => imageId), ...stored];
  return known.some((id) => id !== undefined && id !== registry.image.id);
}

/** Behind a pull the names show what was pulled. */
function continues(guessed: readonly string[], rest: readonly string[]): boolean {
  if (!guessed.some((effect) => effect.startsWith('create ')))
    return guessed.join() === rest.join();
  const kinds = [guessed, rest].map((effects) => effects.map((effect) => effect.split(' ')[0]));
  return kinds[0]?.join() === kinds[1]?.join();
}

test('Whoever asked for what its image means now gets it, and so does who always wants it', () => {
  expectNever(calm.filter(isKept), (input) => {
    const end = settle(input, () => {});
    const open = end.requests.filter(
      (one) => one.kind === 'update' && desiredOf(end, one.service)?.power === 'on',
    );
    const stale = end.desired.services.filter(isOn).flatMap((service) => {
      const { name, runtime, spec, pull } = service;
      const asked = hasOpenUpdate(input, service);
      if (spec.image === undefined || (pull !== 'always' && !asked)) return [];
      const wanted = asked ? input.registry.image.id : end.images.get(runtime)?.get(IMAGE)?.id;
      const runs = locateInstances(end).find(
        (one) => one.service === name && one.state === 'running',
      )?.imageId;
      return runs === undefined || wanted === undefined || runs === wanted
        ? []
        : [`${name} runs ${runs}, not ${wanted}`];
    });
    return [...stale, ...open.map(({ id }) => `${id} is open`)];
  });
  expect.hasAssertions();
});

test('Nobody else is moved by a tag', () => {
  expectNever(calm, (input) => {
    const moved: string[] = [];
    settle(input, (after, { service, step }) => {
      const { pull } = desiredOf(after, service) ?? {};
      const asked = input.requests.some((one) => one.kind === 'update' && one.service === service);
      if (pull !== 'always' && !asked && MOVES.has(step.reason)) moved.push(service);
    });
    return moved;
  });
  expect.hasAssertions();
});

const MOVES: ReadonlySet<Reason> = new Set(['replace_by_request', 'replace_because_image_moved']);

function hasOpenUpdate({ requests, histories }: PlanInput, service: DesiredService): boolean {
  const { pulled } = histories.get(service.name) ?? {};
  const same = pulled?.image === service.spec.image && pulled?.runtime === service.runtime;
  const answered = new Set(same ? pulled?.answers : []);
  return requests.some(
    (one) => one.kind === 'update' && one.service === service.name && !answered.has(one.id),
  );
}

/** What was pulled lately is there: else it is pulled again only after some minutes. */
function isKept({ histories, images }: Simulated): boolean {
  return [...histories.values()].every(
    ({ pulled }) => !pulled || images.get(pulled.runtime)?.has(pulled.image),
  );
}

/** What is pulled arrives at once, and gets old by no wait: else there is more to do than is shown. */
function reachable(input: Simulated): Simulated {
  const histories = [...input.histories].map(([name, history]) => {
    const { lookFailure: _lookFailure, pulled, ...rest } = history;
    const fresh = pulled && { ...pulled, atMs: isRecent(pulled, START_MS) ? START_MS : 0 };
    return [name, { ...rest, ...(fresh && { pulled: fresh }) }] as const;
  });
  const registry = { ...input.registry, down: 0 };
  // What was asked for before the clock was set back holds with the start of any one of several.
  const requests = input.requests.map((one) => ({
    ...one,
    atMs: Math.min(one.atMs, START_MS - 1),
  }));
  return { ...input, registry, requests, histories: new Map(histories) };
}

/** What is done about one service, alone in its world, when every step is followed by another look. */
function walk(input: Simulated, name: string): readonly string[] {
  const done: string[] = [];
  settle(
    only(input, name),
    (_after, { step }) => {
      if (isConcern(step)) done.push(formatEffect(step));
    },
    true,
  );
  return done;
}

function only(input: Simulated, name: string): Simulated {
  const { desired, routes } = input;
  return {
    ...input,
    desired: { ...desired, services: desired.services.filter((one) => one.name === name) },
    observations: new Map(
      [...input.observations].map(([runtime, seen]) => [
        runtime,
        seen.ok
          ? {
              ...seen,
              instances: seen.instances.filter(({ service }) => service === name),
              orphans: [],
            }
          : seen,
      ]),
    ),
    routes: routes.ok ? { ok: true, routes: routesOf(input, name) } : routes,
    requests: input.requests.filter((one) => 'service' in one && one.service === name),
  };
}

/** A network may stay for a service that is not there any more but may come back, and for nothing else. */
function networksLeft(input: PlanInput): readonly string[] {
  return locateOrphans(input)
    .filter(({ kind }) => kind === 'network')
    .map(({ name }) => name);
}

function describeDesired({ desired }: PlanInput): readonly string[] {
  return desired.services
    .filter(isOn)
    .flatMap(({ name, runtime, revision, slug, replicas }) =>
      Array.from({ length: replicas }, () => `${name} ${runtime} ${revision} at ${slug}`),
    )
    .toSorted();
}

/** One line for each running instance with its routes; anything that should not be is a line too. */
function describeWorld(input: PlanInput): readonly string[] {
  const off = new Set(
    input.desired.services.filter(({ power }) => power === 'off').map(({ name }) => name),
  );
  const lines = locateInstances(input).flatMap((instance) => {
    const { name, service, state, revision, runtime } = instance;
    const mayRest = off.delete(service) && state !== 'running';
    const slugs = routesOf(input, service)
      .filter(({ targets }) => targets.some(({ url }) => url === instance.url))
      .map(({ slug }) => slug);
    const where = slugs.join(',');
    if (state === 'running') return [`${service} ${runtime} ${revision} at ${where}`];
    return mayRest ? [] : [`${name} is ${state}`];
  });
  const dead = (input.routes.ok ? input.routes.routes : [])
    .filter(
      ({ targets, draining }) => draining || targets.some((target) => leadsNowhere(target, input)),
    )
    .map(({ slug }) => `dead route ${slug}`);
  return [...lines, ...dead].toSorted();
}

function leadsNowhere({ url }: RouteTarget, input: PlanInput): boolean {
  return !locateInstances(input).some((instance) => instance.url === url);
}

function isOn({ power }: DesiredService): boolean {
  return power === 'on';
}
