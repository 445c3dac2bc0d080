import type { Instance, Observation } from '../../src/model/instance.ts';
import {
  stepsBeforeWait,
  type Plan,
  type RuntimeStep,
  type ServicePlan,
  type Step,
} from '../../src/model/plan.ts';
import type { Route } from '../../src/model/route.ts';
import type { Verification } from '../../src/model/verification.ts';
import { locateInstances } from '../../src/plan/locate.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { recordCheck, recordStep, requestsSpentBy } from '../../src/plan/outcome.ts';
import { plan } from '../../src/plan/plan.ts';

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

/** The input after one step was done: the world, the history and the requests move on. */
function perform(input: PlanInput, { service, step, desiredDigest }: OwnedStep): PlanInput {
  const atMs = input.nowMs + 1;
  const moved = effect({ ...input, nowMs: atMs }, step);
  const own = moved.requests.filter(
    (request) => 'service' in request && request.service === service,
  );
  const spent = new Set(requestsSpentBy(step, own));
  const history = recordStep(moved.histories.get(service) ?? {}, { step, atMs, desiredDigest });
  return {
    ...moved,
    histories: new Map([...moved.histories, [service, history]]),
    requests: moved.requests.filter(({ id }) => !spent.has(id)),
  };
}

/** Requests that the plan calls spent are gone, as when it is set in motion. */
function spend(input: PlanInput, { services, spent }: Plan): PlanInput {
  const ids = new Set([...spent, ...services.flatMap((service) => service.spent)]);
  return { ...input, requests: input.requests.filter(({ id }) => !ids.has(id)) };
}

/** Every check passes that a road waits for; meanwhile it may wait for something else as well. */
function verifyAll(input: PlanInput, { services }: Plan): PlanInput {
  const waiting = services.filter(({ road }) => waitsForCheck(road));
  const checks = waiting.flatMap(({ probes = [] }) =>
    probes.map((target): [string, Verification] => [
      target.service,
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
  for (const [service, check] of checks) {
    const release = locateInstances(input).find(({ id }) => id === check.instanceId)?.release ?? '';
    histories.set(service, recordCheck(histories.get(service) ?? {}, check, release));
  }
  const verifications = new Map([
    ...input.verifications,
    ...checks.map(([, check]) => [check.instanceId, check] as const),
  ]);
  return { ...input, histories, verifications };
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
  start: PlanInput,
  onStep: (after: PlanInput, done: OwnedStep) => void,
  /** Every step is followed by another look. */
  oneByOne = false,
): PlanInput {
  let input = start;
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const decided = plan(input);
    const steps = openSteps(decided).slice(0, oneByOne ? 1 : undefined);
    input = verifyAll(spend(input, decided), decided);
    for (const step of steps) {
      input = perform(input, step);
      onStep(input, step);
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
const MOST_PASSES = 100;

function effect(input: PlanInput, step: Step): PlanInput {
  switch (step.kind) {
    case 'route':
      return withRoutes(input, step.route.slug, step.route);
    case 'unroute':
      return withRoutes(input, step.slug);
    case 'pull':
      return input;
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

function withRoutes(input: PlanInput, slug: string, route?: Route): PlanInput {
  if (!input.routes.ok) throw new Error('a step on a router that nobody sees');
  const others = input.routes.routes.filter((held) => held.slug !== slug);
  return { ...input, routes: { ok: true, routes: route ? [...others, route] : others } };
}

function changeSeen(
  seen: Observation & { readonly ok: true },
  step: Exclude<RuntimeStep, { kind: 'pull' }>,
  input: PlanInput,
): Observation {
  if (step.kind !== 'prune') return { ...seen, instances: change(seen.instances, step, input) };
  const { orphans = [] } = seen;
  return { ...seen, orphans: orphans.filter(({ id }) => id !== step.target.id) };
}

function change(
  instances: readonly Instance[],
  step: Exclude<RuntimeStep, { kind: 'pull' | 'prune' }>,
  { nowMs, images }: PlanInput,
): readonly Instance[] {
  if (step.kind === 'create') {
    const imageId = images.get(step.service.spec.image ?? '');
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
