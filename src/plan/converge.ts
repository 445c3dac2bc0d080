import type { Drift, Reason, Step, Wait } from '../model/plan.ts';
import { instanceName } from '../model/names.ts';
import { releaseOf, secretReferences } from '../model/revision.ts';
import type { DesiredService } from '../model/service.ts';
import { type Health, judge } from './check.ts';
import { type Decision, removeInstance, stopInstance, toTarget } from './decision.ts';
import { type Hold, holdFor } from './hold.ts';
import type { PlanInput } from './input.ts';
import { laterRoute, routeSteps } from './routing.ts';
import { isLimit, sortInstances, type SortedInstances } from './sort-instances.ts';
import { convergedState } from './state.ts';
import { type Motive, motiveFor } from './motive.ts';
import type { Located, ServiceView } from './view.ts';

/** Power on: one verified, routed instance of the desired release and nothing else of this service. */
export function converge(view: ServiceView, desired: DesiredService, input: PlanInput): Decision {
  const sorted = sortInstances(view, desired, input);
  const health =
    sorted.current?.state === 'running' ? judge(view, sorted.current, input) : undefined;
  const motive = motiveFor({ view, desired, sorted, health, input });
  const making = makingSteps({ view, desired, sorted, motive, input });
  const hold = holdFor({ view, desired, sorted, motive, making, input });
  const rest = settlingSteps({ view, desired, sorted, health, making, input });
  const road = [...(hold ? [hold.wait] : []), ...making, ...rest];
  return {
    ...motive,
    change: road.some((item) => item.kind !== 'wait') ? motive.change : 'no-op',
    road,
    drift: driftOf(view, sorted, motive),
    replacePaths: [...new Set(sorted.outdated.flatMap(({ paths }) => paths))],
    spent: motive.spent,
    ...convergedState({ view, desired, sorted, health, hold, motive, input }),
    ...(sorted.current && { current: sorted.current }),
  };
}

export interface Situation {
  readonly view: ServiceView;
  readonly desired: DesiredService;
  readonly sorted: SortedInstances;
  readonly input: PlanInput;
}

/** Until the new instance runs: create, make room by stopping the old, start. */
function makingSteps({
  desired,
  sorted,
  motive,
  input,
  view,
}: Situation & { motive: Motive }): readonly Step[] {
  const { reason, cause } = motive;
  const { current } = sorted;
  const graceMs = desired.rollout.drainMs;
  const create = current ? [] : [createStep({ view, desired, sorted, input }, { reason, cause })];
  const makeRoom = sorted.outdated.flatMap(({ instance }) =>
    stopInstance(instance, { reason, cause, graceMs }),
  );
  const target = current ? toTarget(current) : { name: newName(view, desired, input) };
  const start: Step = { kind: 'start', runtime: desired.runtime, target, reason, cause };
  if (!current) return [...create, ...makeRoom, start];
  if (!motive.restarts && current.state === 'running')
    return [...makeRoom, ...limitSteps(desired, current)];
  return [...makeRoom, ...stopInstance(current, { reason, cause, graceMs }), start];
}

function createStep(
  { view, desired, input }: Situation,
  why: { reason: Reason; cause: string },
): Step {
  const secretVersions = knownVersions(desired, input);
  return {
    kind: 'create',
    runtime: desired.runtime,
    target: { name: newName(view, desired, input) },
    release: newRelease(desired, input),
    secretVersions,
    service: desired,
    ...why,
  };
}

/** After it runs: wait until verified, route to it, let the old go, clear what is too many. */
function settlingSteps({
  view,
  desired,
  sorted,
  health,
  making,
  input,
}: Situation & { health: Health | undefined; making: readonly Step[] }): readonly (Step | Wait)[] {
  const { current } = sorted;
  const graceMs = desired.rollout.drainMs;
  const name = current?.name ?? newName(view, desired, input);
  const starts = making.some(({ kind }) => kind === 'start');
  const passed = !starts && health?.kind === 'passed' && current?.url !== undefined;
  const gate = passed ? [] : [verifiedWait(health, starts)];
  const route = input.routes.ok
    ? passed
      ? routeSteps(view, desired, current)
      : [laterRoute(desired, name)].filter(
          () => starts || routeSteps(view, desired, current).length > 0,
        )
    : [];
  const old = sorted.outdated.flatMap(({ instance, reason, cause }) => {
    const stopped = { ...instance, state: 'exited' as const };
    return removeInstance(stopped, { reason, cause, graceMs });
  });
  const extras = sorted.extras.flatMap((instance) =>
    removeInstance(instance, { reason: 'remove_leftover', cause: 'one more than wanted', graceMs }),
  );
  return [...gate, ...route, ...old, ...extras];
}

function verifiedWait(health: Health | undefined, starts: boolean): Wait {
  const unverified = !starts && health?.kind === 'unverified' ? health : undefined;
  const cause = unverified?.message
    ? `not verified yet: ${unverified.message}`
    : 'not verified yet';
  const wait: Wait = { kind: 'wait', until: 'verified', cause };
  return unverified ? { ...wait, untilMs: unverified.deadlineMs } : wait;
}

function limitSteps(desired: DesiredService, current: Located): readonly Step[] {
  if (!current.drift.some(({ path }) => isLimit(path))) return [];
  const { resources } = desired.spec;
  const why = { reason: 'update_because_drifted', cause: 'its limits drifted' } as const;
  return [
    { kind: 'update', runtime: current.runtime, target: toTarget(current), resources, ...why },
  ];
}

function driftOf(
  view: ServiceView,
  { current, extras, outdated }: SortedInstances,
  motive: Motive,
): readonly Drift[] {
  const service = view.name;
  const fields = view.instances.flatMap((instance) =>
    instance.drift.map((field): Drift => ({
      service,
      signal: 'spec',
      instance: instance.name,
      ...field,
    })),
  );
  const tooMany = extras.map(({ name }): Drift => ({
    service,
    signal: 'existence',
    instance: name,
    expected: 'absent',
    actual: 'present',
  }));
  const missing: readonly Drift[] =
    motive.reason === 'create_because_missing' && outdated.length === 0
      ? [{ service, signal: 'existence', expected: 'present', actual: 'missing' }]
      : [];
  const failing: readonly Drift[] = motive.failure
    ? [
        {
          service,
          signal: 'runtime',
          instance: current?.name ?? service,
          expected: 'running',
          actual: motive.failure,
        },
      ]
    : [];
  return [...fields, ...tooMany, ...missing, ...failing];
}

export function knownVersions(
  desired: DesiredService,
  { secrets }: PlanInput,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    secretReferences(desired.spec).flatMap((reference) => {
      const state = secrets.get(reference);
      return state?.kind === 'known' ? [[reference, state.version]] : [];
    }),
  );
}

function newRelease(desired: DesiredService, input: PlanInput): string {
  const imageId = input.images.get(desired.spec.image ?? '');
  const parts = { revision: desired.revision, secretVersions: knownVersions(desired, input) };
  return releaseOf(imageId === undefined ? parts : { ...parts, imageId });
}

/** The first free number: a name that somebody else holds is left alone. */
function newName(view: ServiceView, desired: DesiredService, input: PlanInput): string {
  const observation = input.observations.get(desired.runtime);
  const foreign = observation?.ok ? observation.foreign : [];
  const taken = new Set([...view.instances, ...foreign].map(({ name }) => name));
  const release = newRelease(desired, input);
  for (let number = 1; ; number += 1) {
    const name = instanceName(view.name, release, number);
    if (!taken.has(name)) return name;
  }
}

export type { Hold };
