import type { Instance } from '../../../src/model/instance.ts';
import type { Plan, ServicePlan, Side, Step, Target, Wait } from '../../../src/model/plan.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import type { PlannedWorld } from '../../../src/plan/basis.ts';
import type { PlanFacts } from '../../../src/plan/document.ts';
import { createStep, START_MS } from '../../helpers/services.ts';

/** A plan and what it was made from. */
export interface Sample {
  readonly plan: Plan;
  readonly facts: PlanFacts;
}

/** What a plan is made from, part by part. */
export interface FactsParts
  extends Partial<Omit<PlanFacts, 'world'>>, Partial<Omit<PlannedWorld, 'desired'>> {
  readonly desired?: readonly DesiredService[];
}

/** Why a step is done, and the secret versions that its create step would record. */
export interface Why extends Pick<Step, 'reason' | 'cause'> {
  readonly secretVersions?: Readonly<Record<string, string>>;
}

export function sampleOf(services: readonly ServicePlan[], facts: FactsParts = {}): Sample {
  return { plan: planOf(...services), facts: factsOf(facts) };
}

export function planOf(...services: readonly ServicePlan[]): Plan {
  return { services, problems: [], leftAlone: [], spent: [] };
}

export function factsOf(overrides: FactsParts = {}): PlanFacts {
  const {
    desired = [],
    instances = [],
    secrets = new Map(),
    images = new Map(),
    ...rest
  } = overrides;
  const services = new Map(desired.map((service) => [service.name, service]));
  const world = { desired: services, instances, secrets, images };
  return { planId: 'p-1', managerId: 'm-1', nowMs: START_MS, world, ...rest };
}

/** A service plan that does nothing; each sample says only what is its own. */
export function servicePlan(name: string, overrides: Partial<ServicePlan> = {}): ServicePlan {
  return {
    name,
    change: 'no-op',
    reason: 'no_change',
    cause: '',
    replacePaths: [],
    road: [],
    drift: [],
    status: {
      name,
      state: 'Running',
      cause: '',
      conditions: [],
      runtime: 'memory',
      origin: 'file',
      labels: {},
      restarts: 0,
    },
    probes: [],
    spent: [],
    ...overrides,
  };
}

/** One end of a change, as the planner states it. */
export function sideOf(service: DesiredService, overrides: Partial<Side> = {}): Side {
  const { revision, spec, power, slug } = service;
  return { revision, spec, power, url: `http://127.0.0.1:7999/mcp/${slug}`, ...overrides };
}

export function wait(until: Wait['until'], cause: string, untilMs?: number): Wait {
  return { kind: 'wait', until, cause, ...(untilMs !== undefined && { untilMs }) };
}

/** The road of a new service: made, started, verified, routed. */
export function createRoad(service: DesiredService, why: Why): readonly (Step | Wait)[] {
  const { secretVersions = {}, reason, cause } = why;
  const { runtime, slug, spec } = service;
  const made = createStep(service, { secretVersions });
  const targets = [{ instance: made.target.name, url: '' }];
  return [
    { ...made, runtime, reason, cause },
    { kind: 'start', runtime, target: made.target, reason, cause },
    wait('verified', 'not verified yet', START_MS + 120_000),
    {
      kind: 'route',
      route: { slug, service: service.name, path: spec.path, targets },
      reason,
      cause,
    },
  ];
}

/** The road of a replacement that stops the old instance before the new one starts. */
export function recreateRoad(
  service: DesiredService,
  old: Instance,
  why: Why,
): readonly (Step | Wait)[] {
  const road = createRoad(service, why);
  return [...road.slice(0, 1), stopStep(old, why), ...road.slice(1), removeStep(old, why)];
}

/** The road of a replacement that starts the new instance beside the old one. */
export function surgeRoad(
  service: DesiredService,
  old: Instance,
  why: Why,
): readonly (Step | Wait)[] {
  return [...createRoad(service, why), stopStep(old, why), removeStep(old, why)];
}

export function startStep(instance: Instance, { reason, cause }: Why): Step {
  return { kind: 'start', runtime: 'memory', target: targetOf(instance), reason, cause };
}

export function stopStep(instance: Instance, { reason, cause }: Why): Step {
  const target = targetOf(instance);
  return { kind: 'stop', runtime: 'memory', target, graceMs: 30_000, reason, cause };
}

export function removeStep(
  instance: Instance,
  { reason, cause }: Why,
  volumes: readonly string[] = [],
): Step {
  return { kind: 'remove', runtime: 'memory', target: targetOf(instance), volumes, reason, cause };
}

export function targetOf({ id, name }: Instance): Target {
  return { id, name };
}
