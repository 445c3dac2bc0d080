import type { Image } from '../../src/model/image.ts';
import type { Instance, Observation } from '../../src/model/instance.ts';
import {
  stepsBeforeWait,
  type Plan,
  type RuntimeStep,
  type ServicePlan,
  type Step,
} from '../../src/model/plan.ts';
import type { Route } from '../../src/model/route.ts';
import type { ProbeTarget, Verification } from '../../src/model/verification.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import {
  recordCheck,
  recordStep,
  requestsSpentBy,
  type StepEnd,
  updatesAnswered,
} from '../../src/plan/outcome.ts';
import { plan } from '../../src/plan/plan.ts';

/** A world with a registry beside it. */
export interface Simulated extends PlanInput {
  readonly registry: Registry;
}

export interface Registry {
  /** What every reference means there. */
  readonly image: Image;
  /** So many more pulls fail. */
  readonly down: number;
}

/** A step with the service that it belongs to and the digest it was planned for. */
export interface OwnedStep {
  readonly service: string;
  readonly step: Step;
  readonly desiredDigest: string;
}

/** All steps that may be done now, service by service. */
function openSteps({ services }: Plan): readonly OwnedStep[] {
  return services.flatMap(({ name, road, desiredDigest = '' }) =>
    stepsBeforeWait(road).map((step) => ({ service: name, step, desiredDigest })),
  );
}

/** The input after one step was done or failed: the world, the history and the requests move on. */
function perform(input: Simulated, owned: OwnedStep): Simulated {
  const { service, step, desiredDigest } = owned;
  const atMs = input.nowMs + 1;
  const own = input.requests.filter((one) => 'service' in one && one.service === service);
  const answers = updatesAnswered(own, { beganMs: input.nowMs, endedMs: atMs });
  const failure = failureOf(input, step);
  const end = { step, atMs, desiredDigest, answers, ...(failure && { failure }) };
  if (failure) {
    const { image, down } = input.registry;
    const registry = step.kind === 'pull' ? { image, down: down - 1 } : input.registry;
    return withHistory({ ...input, nowMs: atMs, registry }, service, end);
  }
  const moved = effect({ ...input, nowMs: atMs }, step);
  const spent = new Set(requestsSpentBy(step, own));
  const requests = moved.requests.filter(({ id }) => !spent.has(id));
  return withHistory({ ...moved, requests }, service, end);
}

function withHistory(input: Simulated, service: string, end: StepEnd): Simulated {
  const history = recordStep(input.histories.get(service) ?? {}, end);
  return { ...input, histories: new Map([...input.histories, [service, history]]) };
}

function failureOf({ registry, images }: Simulated, step: Step): StepEnd['failure'] {
  if (step.kind !== 'pull' && step.kind !== 'create') return undefined;
  const store = images.get(step.runtime);
  if (step.kind === 'create') {
    const image = step.imageId ?? step.service.spec.image;
    if (image === undefined || store?.has(image)) return undefined;
    return { kind: 'retry', code: 'PROGRAM_FAILED', message: 'its image is gone' };
  }
  if (registry.down === 0 || (step.policy !== 'always' && store?.has(step.image))) return undefined;
  return { kind: 'infrastructure', code: 'REGISTRY_UNAVAILABLE', message: 'no answer' };
}

/** Requests that the plan calls spent are gone, as when it is set in motion. */
function spend(input: Simulated, { services, spent }: Plan): Simulated {
  const ids = new Set([...spent, ...services.flatMap((service) => service.spent)]);
  return { ...input, requests: input.requests.filter(({ id }) => !ids.has(id)) };
}

/** Every check passes that a road waits for; meanwhile it may wait for something else as well. */
function verifyAll(input: Simulated, { services }: Plan): Simulated {
  const waiting = services.filter(({ road }) => waitsForCheck(road));
  const checks = waiting.flatMap(({ probes = [] }) =>
    probes
      .filter((target) => !hangs(input, target))
      .map((target): [ProbeTarget, Verification] => [
        target,
        {
          instanceId: target.instanceId,
          startedAtMs: target.startedAtMs,
          settings: target.settings,
          result: { outcome: 'verified' },
          atMs: input.nowMs,
          strikes: 0,
          verifiedAtMs: input.nowMs,
        },
      ]),
  );
  const histories = new Map(input.histories);
  for (const [target, check] of checks) {
    const { service } = target;
    histories.set(service, recordCheck(histories.get(service) ?? {}, check, target));
  }
  const verifications = new Map([
    ...input.verifications,
    ...checks.map(([, check]) => [check.instanceId, check] as const),
  ]);
  return { ...input, histories, verifications };
}

/** What has hung answers again only once it was started anew; unless the observer was at fault. */
function hangs(
  { verifications, observer }: Simulated,
  { instanceId, startedAtMs }: ProbeTarget,
): boolean {
  const check = verifications.get(instanceId);
  if (!check || check.startedAtMs !== startedAtMs || observer.fault) return false;
  return check.strikes >= 3 && check.verifiedAtMs !== undefined;
}

/** What starts later on the road cannot be checked yet. */
function waitsForCheck(road: ServicePlan['road']): boolean {
  const next = road.find(
    (item) => item.kind === 'start' || (item.kind === 'wait' && item.until === 'verified'),
  );
  return next?.kind === 'wait';
}

/** Plan, do, verify and let time pass, until there is nothing to do and nothing to wait for. */
export function settle(
  start: Simulated,
  onStep: (after: Simulated, done: OwnedStep) => void,
  /** Every step is followed by another look. */
  oneByOne = false,
): Simulated {
  let input = start;
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const decided = plan(input);
    const steps = openSteps(decided).slice(0, oneByOne ? 1 : undefined);
    input = verifyAll(spend(input, decided), decided);
    const broken = new Set<string>();
    for (const owned of steps) {
      if (broken.has(owned.service)) continue;
      const failed = failureOf(input, owned.step);
      input = perform(input, owned);
      // The first failure ends what a service was set to do.
      if (failed) broken.add(owned.service);
      else onStep(input, owned);
    }
    if (steps.length > 0) continue;
    const seen = plan(input);
    if (openSteps(seen).length > 0) continue;
    if (seen.wakeAtMs === undefined) return input;
    input = { ...input, nowMs: seen.wakeAtMs };
  }
  throw new Error('it never comes to rest');
}

/** More rounds than any generated world needs; one more is an endless loop. */
const MOST_PASSES = 300;

function effect(input: Simulated, step: Step): Simulated {
  switch (step.kind) {
    case 'route':
      return withRoutes(input, step.route.slug, step.route);
    case 'unroute':
      return withRoutes(input, step.slug);
    case 'pull':
      return { ...input, images: withPulled(input, step) };
    case 'create':
    case 'start':
    case 'stop':
    case 'remove':
    case 'update':
    case 'forget':
    case 'adopt':
    case 'prune': {
      const observation = input.observations.get(step.runtime);
      if (!observation?.ok) throw new Error(`a step on ${step.runtime}, which nobody sees`);
      const next = changeSeen(observation, step, input);
      return { ...input, observations: new Map([...input.observations, [step.runtime, next]]) };
    }
  }
}

function withPulled(
  { images, registry }: Simulated,
  { runtime, image, policy }: Extract<Step, { kind: 'pull' }>,
): PlanInput['images'] {
  const store = images.get(runtime) ?? new Map<string, Image>();
  if (policy !== 'always' && store.has(image)) return images;
  if (policy === 'never') throw new Error(`${image} is not there`);
  const found = registry.image;
  return new Map([...images, [runtime, new Map([...store, [image, found], [found.id, found]])]]);
}

function withRoutes(input: Simulated, slug: string, route?: Route): Simulated {
  if (!input.routes.ok) throw new Error('a step on a router that nobody sees');
  const others = input.routes.routes.filter((held) => held.slug !== slug);
  return { ...input, routes: { ok: true, routes: route ? [...others, route] : others } };
}

function changeSeen(
  seen: Observation & { readonly ok: true },
  step: Exclude<Extract<Step, { runtime: string }>, { kind: 'pull' }>,
  input: PlanInput,
): Observation {
  if (step.kind !== 'prune') return { ...seen, instances: change(seen.instances, step, input) };
  const { orphans = [] } = seen;
  return { ...seen, orphans: orphans.filter(({ id }) => id !== step.target.id) };
}

function change(
  instances: readonly Instance[],
  step: Exclude<Extract<Step, { runtime: string }>, { kind: 'pull' | 'prune' }>,
  { nowMs, images }: PlanInput,
): readonly Instance[] {
  if (step.kind === 'create') {
    const reference = step.imageId ?? step.service.spec.image;
    const imageId = images.get(step.runtime)?.get(reference ?? '')?.id;
    return [...instances, { ...made(step, nowMs), ...(imageId !== undefined && { imageId }) }];
  }
  const at = instances.findIndex(
    ({ name, id }) =>
      (step.kind === 'adopt' || name === step.target.name) && (step.target.id ?? id) === id,
  );
  const instance = instances[at];
  if (!instance) throw new Error(`${step.kind} of ${step.target.name}, which is not there`);
  if (step.kind === 'remove' || step.kind === 'forget') return instances.toSpliced(at, 1);
  if (step.kind === 'adopt') return instances.with(at, { ...instance, name: step.target.name });
  return instances.with(at, changed(instance, step, nowMs));
}

function made(step: Extract<RuntimeStep, { kind: 'create' }>, nowMs: number): Instance {
  const { target, release, secretVersions, service } = step;
  return {
    id: `made-${target.name}-${nowMs}`,
    name: target.name,
    service: service.name,
    revision: service.revision,
    release,
    spec: service.spec,
    secretVersions,
    state: 'created',
    drift: [],
  };
}

function changed(
  instance: Instance,
  step: Extract<RuntimeStep, { kind: 'start' | 'stop' | 'update' }>,
  nowMs: number,
): Instance {
  const { exit: _exit, url: _url, ...rest } = instance;
  switch (step.kind) {
    case 'start':
      return {
        ...rest,
        state: 'running',
        startedAtMs: nowMs,
        url: `http://${instance.name}/${nowMs}`,
      };
    case 'stop':
      return { ...rest, state: 'exited', exit: { code: 0, signal: null, atMs: nowMs } };
    case 'update':
      return {
        ...instance,
        drift: instance.drift.filter(({ path }) => !path.startsWith('resources.')),
      };
  }
}
