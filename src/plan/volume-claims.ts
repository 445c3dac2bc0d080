import type { Instance } from '../model/instance.ts';
import type { PlanInput } from './input.ts';
import { keptVersions } from './kept-version.ts';

/** Which services name a volume, by its name in the fleet; also those that only a history still holds. */
export type VolumeClaims = ReadonlyMap<string, ReadonlySet<string>>;

export function volumeClaims({ desired, histories }: PlanInput): VolumeClaims {
  const claims = new Map<string, Set<string>>();
  for (const { name, spec } of [...desired.services, ...keptVersions(histories).values()])
    for (const { source } of spec.volumes)
      claims.set(source, (claims.get(source) ?? new Set()).add(name));
  return claims;
}

interface Claimant {
  readonly name: string;
  readonly instances: readonly Pick<Instance, 'spec'>[];
}

/** The volumes of the fleet that the instances of a service have and no other service names. */
export function soleVolumes(
  { name: service, instances }: Claimant,
  claims: VolumeClaims,
): readonly string[] {
  const own = instances.flatMap(({ spec }) =>
    (spec?.volumes ?? []).filter(({ source, external }) => !external && !source.startsWith('/')),
  );
  const isShared = (source: string): boolean =>
    [...(claims.get(source) ?? [])].some((name) => name !== service);
  return [...new Set(own.map(({ source }) => source))].filter((source) => !isShared(source));
}
