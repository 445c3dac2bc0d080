import type { Instance, Observation } from '../model/instance.ts';
import type { LeftAlone } from '../model/plan.ts';
import type { ServiceStatus } from '../model/status.ts';
import type { PlanInput } from '../plan/input.ts';
import { isGone } from '../plan/removal.ts';
import type { Decided } from './decide.ts';
import type { Look } from './gather.ts';

/** What is said to people, by the last look. */
export interface Shown {
  statuses(): ReadonlyMap<string, ServiceStatus>;
  /** The same by name; the same list until the next look. */
  sorted(): readonly ServiceStatus[];
  /** What was seen and is never touched. */
  leftAlone(): readonly LeftAlone[];
  /** By service: what ran, the newest first; without those of a runtime that did not answer. */
  instances(): ReadonlyMap<string, readonly Instance[]>;
  update(decided: Decided, look: Look, seen: Pick<PlanInput, 'observations' | 'nowMs'>): void;
}

type Observations = ReadonlyMap<string, Observation>;

export function createShown(): Shown {
  const statuses = new Map<string, ServiceStatus>();
  const instances = new Map<string, readonly Instance[]>();
  let leftAlone: readonly LeftAlone[] = [];
  let sorted: readonly ServiceStatus[] | undefined;
  return {
    statuses: () => statuses,
    sorted: () => (sorted ??= [...statuses.values()].toSorted(byName)),
    leftAlone: () => leftAlone,
    instances: () => instances,
    update({ plan, shown }, look, { observations, nowMs }) {
      sorted = undefined;
      const before = new Map(statuses);
      for (const known of [statuses, instances]) {
        if (look.scope === 'all') known.clear();
        else for (const name of look.scope) known.delete(name);
      }
      for (const [name, own] of groupInstances(observations)) instances.set(name, own);
      for (const service of shown) {
        if (isGone(service)) continue;
        const { name, status } = service;
        statuses.set(name, withChange(before.get(name), status, nowMs));
      }
      leftAlone = merge(leftAlone, plan.leftAlone, look);
    },
  };
}

/** What follows from no step has changed when it was seen first: a deadline that is over, a check, a missing secret. */
function withChange(
  before: ServiceStatus | undefined,
  status: ServiceStatus,
  nowMs: number,
): ServiceStatus {
  const { changedAtMs: lastMs = 0 } = before ?? {};
  if (!before || (status.changedAtMs ?? 0) > lastMs) return status;
  const changedAtMs = before.state === status.state ? before.changedAtMs : nowMs;
  return changedAtMs === undefined ? status : { ...status, changedAtMs };
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function groupInstances(observations: Observations): ReadonlyMap<string, readonly Instance[]> {
  const all = [...observations.values()].flatMap((seen) => (seen.ok ? seen.instances : []));
  const newestFirst = all.toSorted((a, b) => (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0));
  return Map.groupBy(newestFirst, ({ service }) => service);
}

/** Volumes are seen by deep looks only, and what is nobody's by looks at everything. */
function merge(
  before: readonly LeftAlone[],
  now: readonly LeftAlone[],
  { scope, deep }: Look,
): readonly LeftAlone[] {
  if (scope !== 'all') return before;
  return deep ? now : [...now, ...before.filter(({ kind }) => kind === 'volume')];
}
