import { expect, test } from 'vitest';
import type { DesiredService } from '../../src/model/service.ts';
import { formatEffect } from '../../src/plan/format-road.ts';
import { locateInstances, locateOrphans } from '../../src/plan/locate.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { plan } from '../../src/plan/plan.ts';
import { allowTime, desiredOf, expectNever, foreignIn, isWait, routesOf } from './property.ts';
import { settle } from './simulate.ts';
import { worlds } from './worlds.ts';

const calm = worlds({ calm: true });
allowTime();

test('Applied to the end, plans make the world what the documents say, running nothing twice', () => {
  expectNever(calm, (input) => {
    const twice: string[] = [];
    const end = settle(input, (after, { service, step }) => {
      if (step.kind !== 'start') return;
      const own = locateInstances(after).filter((instance) => instance.service === service);
      if (own.filter(({ state }) => state === 'running').length !== 1) twice.push(service);
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
  expectNever(calm, (input) =>
    plan(input).services.flatMap(({ name, road }) => {
      // What was left over before is not the concern of the road.
      const own = road.filter((item) => !isWait(item) && item.kind !== 'prune');
      const shown = own.map(formatEffect);
      const taken = walk(input, name);
      return shown.join() === taken.join() ? [] : [`${shown.join()} became ${taken.join()}`];
    }),
  );
  expect.hasAssertions();
});

/** What is done about one service, alone in its world, when every step is followed by another look. */
function walk(input: PlanInput, name: string): readonly string[] {
  const done: string[] = [];
  settle(only(input, name), (_after, { step }) => done.push(formatEffect(step)), true);
  return done;
}

function only(input: PlanInput, name: string): PlanInput {
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
    .map(({ name, runtime, revision, slug }) => `${name} ${runtime} ${revision} at ${slug}`)
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
      .filter(({ targets }) => targets.every(({ url }) => url === instance.url))
      .map(({ slug }) => slug);
    const where = slugs.join(',');
    if (state === 'running') return [`${service} ${runtime} ${revision} at ${where}`];
    return mayRest ? [] : [`${name} is ${state}`];
  });
  const dead = (input.routes.ok ? input.routes.routes : [])
    .filter(({ targets }) => !locateInstances(input).some(({ url }) => url === targets[0]?.url))
    .map(({ slug }) => `dead route ${slug}`);
  return [...lines, ...dead].toSorted();
}

function isOn({ power }: DesiredService): boolean {
  return power === 'on';
}
