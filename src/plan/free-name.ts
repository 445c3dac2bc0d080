import { instanceName } from '../model/names.ts';
import type { DesiredService } from '../model/service.ts';
import type { PlanInput } from './input.ts';
import type { ServiceView } from './view.ts';

/** The first free name for an instance of the release: one that somebody else holds is left alone. */
export function freeName(
  { name, instances }: ServiceView,
  { runtime }: DesiredService,
  release: string,
  { observations }: PlanInput,
): string {
  const observation = observations.get(runtime);
  const foreign = observation?.ok ? observation.foreign : [];
  const taken = new Set([...instances, ...foreign].map((object) => object.name));
  // Ends: among one more numbers than names are taken, one is free.
  for (let number = 1; ; number += 1) {
    const free = instanceName(name, release, number);
    if (!taken.has(free)) return free;
  }
}
