import type { Instance, Orphan } from '../model/instance.ts';
import { identify, standingOf } from './adopted.ts';
import type { PlanInput } from './input.ts';
import { compare } from './order.ts';

/** An instance with the runtime that reported it. */
export interface Located extends Instance {
  readonly runtime: string;
}

/** A network or volume that nothing uses, with the runtime that reported it. */
export interface LocatedOrphan extends Orphan {
  readonly runtime: string;
}

/** Everything of ours that was seen, each service's instances sorted by name. */
export function instancesByService(input: PlanInput): ReadonlyMap<string, readonly Located[]> {
  return Map.groupBy(locateInstances(input).toSorted(byName), ({ service }) => service);
}

/** Everything of ours that was seen, also what documents adopted; what somebody took away from us is not. */
export function locateInstances(input: PlanInput): readonly Located[] {
  return located(input, 'ours');
}

/** The containers that documents adopt and that are not taken over yet. */
export function pendingAdoptions(input: PlanInput): readonly Located[] {
  const pending = located(input, 'pending');
  if (pending.length === 0) return pending;
  const runtimes = new Map(input.desired.services.map(({ name, runtime }) => [name, runtime]));
  return pending.filter(({ service, runtime }) => runtimes.get(service) === runtime);
}

function located(input: PlanInput, standing: ReturnType<typeof standingOf>): readonly Located[] {
  const all = [...input.observations].flatMap(([runtime, observation]) =>
    observation.ok ? observation.instances.map((instance) => ({ ...instance, runtime })) : [],
  );
  if (!all.some(({ adopted }) => adopted)) return standing === 'ours' ? all : [];
  const desired = new Map(input.desired.services.map((service) => [service.name, service]));
  return all.flatMap((instance) => {
    if (!instance.adopted) return standing === 'ours' ? [instance] : [];
    const wanted = desired.get(instance.service);
    const history = input.histories.get(instance.service);
    if (standingOf(instance, wanted, history) !== standing) return [];
    const past = history?.releases?.map(({ version }) => version) ?? [];
    const versions = [wanted, history?.accepted, ...past].filter(
      (version) => version !== undefined,
    );
    return [{ ...identify(instance, versions), runtime: instance.runtime }];
  });
}

/** Networks and volumes that nothing uses, sorted by name. */
export function locateOrphans({ observations }: PlanInput): readonly LocatedOrphan[] {
  return [...observations]
    .flatMap(([runtime, seen]) =>
      seen.ok ? (seen.orphans ?? []).map((orphan) => ({ ...orphan, runtime })) : [],
    )
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.kind, b.kind));
}

/** Two runtimes may hold the same name while a service moves between them. */
function byName(a: Located, b: Located): number {
  return compare(a.name, b.name) || compare(a.runtime, b.runtime) || compare(a.id, b.id);
}
