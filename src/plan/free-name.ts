import { instanceName } from '../model/names.ts';
import type { DesiredService } from '../model/service.ts';
import type { PlanInput } from './input.ts';
import type { Located } from './locate.ts';
import type { ServiceView } from './view.ts';

/** The first free name for an instance of the release: one that somebody else holds is left alone. */
export function freeName(
  view: ServiceView,
  desired: DesiredService,
  release: string,
  input: PlanInput,
): string {
  return freeNames({ view, desired, release, input, count: 1 })[0] ?? '';
}

interface NamesWanted {
  readonly view: ServiceView;
  readonly desired: DesiredService;
  readonly release: string;
  readonly input: PlanInput;
  readonly count: number;
  /** Earlier on the road these go. */
  readonly leaving?: readonly Located[];
}

/** The first so many free names. */
export function freeNames({
  view: { name, instances },
  desired: { runtime },
  release,
  input: { observations },
  count,
  leaving = [],
}: NamesWanted): readonly string[] {
  const observation = observations.get(runtime);
  const foreign = observation?.ok ? observation.foreign : [];
  const stay = instances.filter((instance) => !leaving.includes(instance));
  const taken = new Set([...stay, ...foreign].map((object) => object.name));
  const free: string[] = [];
  // Ends: among `count` more numbers than names are taken, so many are free.
  for (let number = 1; free.length < count; number += 1) {
    const next = instanceName(name, release, number);
    if (!taken.has(next)) free.push(next);
  }
  return free;
}
