import { expect, test } from 'vitest';
import { stepsBeforeWait, type ServicePlan } from '../../src/model/plan.ts';
import { formatEffect } from '../../src/plan/format-road.ts';
import { locateInstances } from '../../src/plan/locate.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { plan } from '../../src/plan/plan.ts';
import { keptVersion } from '../../src/plan/kept-version.ts';
import { allowTime, desiredOf, expectNever, isWait } from './property.ts';
import { settle } from './simulate.ts';
import { worlds } from './worlds.ts';

const calm = worlds({ calm: true });
const troubled = worlds({ calm: false });
const END_REASONS = new Set<string>(['remove_because_not_desired', 'remove_by_request']);
allowTime();

test('Nothing disappears because of what cannot be read or seen, nor from an emptied set', () => {
  expectNever(troubled, (input) =>
    plan(input)
      .services.filter((service) => disappears(service) && mayNotDisappear(input, service.name))
      .map(({ name }) => name),
  );
  expect.hasAssertions();
});

test('A protected service is never let go, also when somebody removes it by name', () => {
  expectNever(troubled, (input) =>
    plan(input)
      .services.filter(({ name }) => !desiredOf(input, name))
      .filter(({ name }) => input.histories.get(name)?.accepted?.protected)
      .flatMap(({ road }) => stepsBeforeWait(road))
      .filter(({ reason }) => END_REASONS.has(reason))
      .map(formatEffect),
  );
  expect.hasAssertions();
});

test('What a gate holds goes on as it was accepted last, and comes back when it is lost', () => {
  expectNever(calm, (input) => {
    const end = settle({ ...input, desired: { ...input.desired, complete: false } }, () => {});
    return [...input.histories]
      .filter(([name]) => !desiredOf(input, name))
      .flatMap(([, history]) => keptVersion(history) ?? [])
      .filter(({ name, slug }) => slug === name)
      .filter(({ name, runtime, revision, power, replicas }) => {
        const running = locateInstances(end).filter(
          (one) => one.service === name && one.state === 'running',
        );
        const [first] = running;
        if (power === 'off') return first !== undefined;
        const isThere = first?.runtime === runtime;
        return running.length !== replicas || first?.revision !== revision || !isThere;
      })
      .map(({ name, power }) => `${name}, power ${power}`);
  });
  expect.hasAssertions();
});

test('What is held and was never accepted is not touched at all', () => {
  expectNever(troubled, (input) =>
    plan(input)
      .services.filter(({ name, gate }) => gate && !keptVersion(input.histories.get(name)))
      .flatMap(({ road }) => stepsBeforeWait(road).map(formatEffect)),
  );
  expect.hasAssertions();
});

test('No two services take a route from each other', () => {
  expectNever(troubled, (input) => {
    const routed = plan(input).services.flatMap(({ road }) => [
      ...new Set(road.flatMap((step) => (step.kind === 'route' ? [step.route.slug] : []))),
    ]);
    return routed.filter((slug, index) => routed.indexOf(slug) !== index);
  });
  expect.hasAssertions();
});

test('Disappearance stays within its numbers', () => {
  expectNever(troubled, (input) => {
    const { services } = plan(input);
    const has = instanceOwners(input);
    const gone = services.filter((one) => disappears(one) && has.has(one.name)).length;
    const fleet = services.filter(({ name }) => has.has(name) || desiredOf(input, name)).length;
    const recent = input.removals.recent.length;
    const allowed = Math.max(0, ...input.removals.allowances.map(({ count }) => count));
    const most = Math.max(5, Math.floor(((fleet + recent) * 30) / 100));
    const fits = gone === 0 || gone <= allowed || gone + recent <= most;
    return fits ? [] : [`${gone} after ${recent} of ${fleet}`];
  });
  expect.hasAssertions();
});

test('Whatever is held back says so, and how to allow it', () => {
  expectNever(troubled, (input) => {
    const has = instanceOwners(input);
    return plan(input)
      .services.filter(({ name, road }) => has.has(name) && road.every(isWait))
      .filter(({ name }) => !desiredOf(input, name))
      .filter(({ status }) => !['Paused', 'Frozen', 'Removing'].includes(status.state))
      .filter(({ status, gate }) => !gate?.allow || !status.cause.includes(gate.allow))
      .map(({ name, status }) => `${name} is ${status.state}`);
  });
  expect.hasAssertions();
});

test('Volumes go only when that was asked by name', () => {
  expectNever(troubled, (input) =>
    plan(input)
      .services.filter(({ road }) => road.some(takesVolumes))
      .map(({ name }) => name)
      .filter((name) => !input.requests.some((one) => asksForVolumes(one, name))),
  );
  expect.hasAssertions();
});

function takesVolumes(item: ServicePlan['road'][number]): boolean {
  return item.kind === 'remove'
    ? item.volumes.length > 0
    : item.kind === 'prune' && item.object === 'volume';
}

function disappears({ road }: ServicePlan): boolean {
  return stepsBeforeWait(road).some(({ reason }) => reason === 'remove_because_not_desired');
}

function mayNotDisappear(input: PlanInput, name: string): boolean {
  const { services, frozen, complete } = input.desired;
  if (desiredOf(input, name)) return true;
  if ([...input.observations.values()].some(({ ok }) => !ok)) return true;
  if (!instanceOwners(input).has(name)) return false;
  const isEmptied = services.length + frozen.length === 0 && input.removals.allowances.length === 0;
  return !complete || isEmptied || input.scope !== 'all';
}

function instanceOwners(input: PlanInput): ReadonlySet<string> {
  return new Set(locateInstances(input).map(({ service }) => service));
}

function asksForVolumes(request: PlanInput['requests'][number], name: string): boolean {
  return request.kind === 'remove' && request.service === name && request.volumes;
}
