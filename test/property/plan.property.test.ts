import { expect, test } from 'vitest';
import type { Instance, Observation } from '../../src/model/instance.ts';
import { stepsBeforeWait, type ServicePlan } from '../../src/model/plan.ts';
import { secretReferences } from '../../src/model/revision.ts';
import type { ServiceSpec } from '../../src/model/service.ts';
import { identify } from '../../src/plan/adopted.ts';
import { formatEffect } from '../../src/plan/format-road.ts';
import { locateInstances, locateOrphans, pendingAdoptions } from '../../src/plan/locate.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { plan } from '../../src/plan/plan.ts';
import { isTarget } from '../../src/plan/routing.ts';
import { allowTime, desiredOf, expectNever, foreignIn, routesOf, wishedOf } from './property.ts';
import { worlds } from './worlds.ts';

const troubled = worlds({ calm: false });
allowTime();

test('A plan is the same again, whatever the order in which the world was listed', () => {
  expectNever(troubled, (input) => {
    const [first, second] = [plan(input), plan(reversed(input))].map((one) => JSON.stringify(one));
    return first === second ? [] : [`${first} and ${second}`];
  });
  expect.hasAssertions();
});

test('A plan has a bounded number of steps and looks again only in the future', () => {
  expectNever(troubled, (input) => {
    const { services, wakeAtMs = Infinity } = plan(input);
    const long = services.filter(({ name, road }) => {
      const own = locateInstances(input).filter(({ service }) => service === name).length;
      const left = locateOrphans(input).filter(({ service }) => service === name).length;
      const { replicas = 1 } = desiredOf(input, name) ?? {};
      return road.length > 2 * own + routesOf(input, name).length + left + 10 + 10 * replicas;
    });
    const past = wakeAtMs > input.nowMs ? [] : ['wakes in the past'];
    return [...long.map(({ name }) => `${name} has too many steps`), ...past];
  });
  expect.hasAssertions();
});

test('A plan addresses only objects of its own, by their id, and gives no name that is taken', () => {
  expectNever(troubled, (input) => {
    const own = [...locateInstances(input), ...locateOrphans(input)];
    const known = new Set(own.map(({ id, name }) => `${id} ${name}`));
    const adoptable = new Set(pendingAdoptions(input).map(({ id }) => id));
    const taken = new Set([...locateInstances(input), ...foreignIn(input)].map(({ name }) => name));
    return plan(input).services.flatMap((service) =>
      strayTargets(service, { known, adoptable, taken }),
    );
  });
  expect.hasAssertions();
});

test('Nothing is made without its secrets', () => {
  expectNever(troubled, (input) =>
    plan(input)
      .services.flatMap(({ road }) => stepsBeforeWait(road))
      .flatMap((step) => (step.kind === 'create' ? secretReferences(step.service.spec) : []))
      .filter((reference) => input.secrets.get(reference)?.kind !== 'known'),
  );
  expect.hasAssertions();
});

test('Nothing is made before its image was pulled', () => {
  expectNever(troubled, (input) =>
    plan(input).services.flatMap(({ name, road }) => {
      const steps = stepsBeforeWait(road);
      const create = steps.find((step) => step.kind === 'create');
      const { image } = create?.service.spec ?? {};
      if (create === undefined || image === undefined) return [];
      const { pulled } = input.histories.get(name) ?? {};
      const isDone = pulled?.image === image && pulled.runtime === create.runtime && !pulled.used;
      const earlier = steps.slice(0, steps.indexOf(create));
      const isFirst = earlier.some((step) => step.kind === 'pull' && step.image === image);
      const isThere = locateInstances(input).some(
        (one) => one.service === name && one.release === create.release,
      );
      return isDone || isFirst || isThere ? [] : [name];
    }),
  );
  expect.hasAssertions();
});

test('Traffic is sent only to what has it, and to running instances of the wanted revision that passed their check', () => {
  expectNever(troubled, (input) =>
    plan(input).services.flatMap((service) =>
      stepsBeforeWait(service.road)
        .filter((step) => step.kind === 'route')
        .flatMap(({ route }) => route.targets.map((target) => target.instance))
        .filter((instance) => !mayServe(input, service, instance)),
    ),
  );
  expect.hasAssertions();
});

test('Nothing is started beside a container that somebody took away and that writes to the same volume', () => {
  expectNever(troubled, (input) =>
    plan(input)
      .services.filter((planned) => isWrittenElsewhere(input, planned))
      .flatMap(({ road }) => stepsBeforeWait(road))
      .filter(({ kind }) => kind === 'start')
      .map(formatEffect),
  );
  expect.hasAssertions();
});

test('What is paused, in motion, unreadable or out of sight is left alone', () => {
  expectNever(troubled, (input) =>
    plan(input)
      .services.filter(({ name }) => isOffLimits(input, name))
      .flatMap(({ road }) => stepsBeforeWait(road).map(formatEffect)),
  );
  expect.hasAssertions();
});

function isWritten(spec: ServiceSpec | undefined): boolean {
  return spec?.volumes.some(({ source, readOnly }) => source === 'data' && !readOnly) === true;
}

function isWrittenElsewhere(input: PlanInput, planned: ServicePlan): boolean {
  const service = wishedOf(input, planned);
  // What it is taken back to need not write.
  const spec = planned.status.rollback ? undefined : service?.spec;
  const seen = input.observations.get(service?.runtime ?? '');
  const strays = (seen?.ok ? seen.foreign : []).flatMap(({ labelled }) => labelled ?? []);
  return (
    isWritten(spec) &&
    strays.some((one) => one.service === planned.name && one.up && isWritten(one.spec))
  );
}

function mayServe(input: PlanInput, planned: ServicePlan, instanceName: string): boolean {
  const service = wishedOf(input, planned);
  const instance = [...locateInstances(input), ...takenOver(input, planned)].find(
    ({ name }) => name === instanceName,
  );
  if (!service || instance?.state !== 'running') return false;
  // An old one serves on until the new one has proven itself.
  const { routes } = input;
  if (routes.ok && isTarget(routes.routes, instanceName)) return true;
  const isGood = input.histories
    .get(planned.name)
    ?.releases?.some(({ release }) => release === instance.release);
  const isLeft = instance.adopted === true && service.adopt !== instance.id;
  if (isLeft || instance.revision !== planned.after?.revision) return isGood ?? false;
  const check = input.verifications.get(instance.id);
  if (service.verify.kind === 'none') return true;
  return check?.startedAtMs === instance.startedAtMs && check?.verifiedAtMs !== undefined;
}

/** A container that is taken over earlier on the road, as it is then. */
function takenOver(input: PlanInput, { road }: ServicePlan): readonly Instance[] {
  return road.flatMap((item) => {
    const before = pendingAdoptions(input).find(
      ({ id }) => item.kind === 'adopt' && item.target.id === id,
    );
    const version = before && desiredOf(input, before.service);
    if (!version || item.kind !== 'adopt') return [];
    return [identify({ ...before, name: item.target.name }, [version])];
  });
}

function isOffLimits(input: PlanInput, name: string): boolean {
  const { desired, requests, busy, observations } = input;
  const service = desiredOf(input, name);
  if (busy.has(name)) return true;
  if (requests.some((one) => one.kind === 'pause' && one.service === name)) return true;
  if (service) return observations.get(service.runtime)?.ok !== true;
  return desired.frozen.some((frozen) => frozen.name === name);
}

interface World {
  /** `<id> <name>` of everything that is ours. */
  readonly known: ReadonlySet<string>;
  /** Ids of containers that documents adopt. */
  readonly adoptable: ReadonlySet<string>;
  readonly taken: ReadonlySet<string>;
}

function strayTargets(
  { road }: ServicePlan,
  { known, adoptable, taken }: World,
): readonly string[] {
  const made = new Set<string>();
  const gone = new Set<string>();
  return road.flatMap((item) => {
    if (!('target' in item)) return [];
    const { name, id } = item.target;
    if (item.kind === 'remove') gone.add(name);
    const adopts = item.kind === 'adopt' && adoptable.has(item.target.id);
    const fresh = item.kind === 'create' || adopts;
    if (fresh) made.add(name);
    if (adopts) made.add(`${id} ${name}`);
    const own = id === undefined ? made.has(name) : known.has(`${id} ${name}`);
    const fits = fresh ? !taken.has(name) || gone.has(name) : own || made.has(`${id} ${name}`);
    return fits ? [] : [formatEffect(item)];
  });
}

function reversed(input: PlanInput): PlanInput {
  const { desired, routes, observations, busy } = input;
  const { services, frozen } = desired;
  return {
    ...input,
    desired: { ...desired, services: services.toReversed(), frozen: frozen.toReversed() },
    digests: flip(input.digests),
    observations: flip(new Map([...observations].map(([name, seen]) => [name, flipSeen(seen)]))),
    routes: routes.ok ? { ok: true, routes: routes.routes.toReversed() } : routes,
    secrets: flip(input.secrets),
    verifications: flip(input.verifications),
    histories: flip(input.histories),
    requests: input.requests.toReversed(),
    busy: new Set([...busy].toReversed()),
  };
}

function flip<K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return new Map([...map].toReversed());
}

function flipSeen(seen: Observation): Observation {
  if (!seen.ok) return seen;
  return { ...seen, instances: seen.instances.toReversed(), foreign: seen.foreign.toReversed() };
}
