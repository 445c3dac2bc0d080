import type { ServiceHistory } from '../model/history.ts';
import type { Adoption, Instance } from '../model/instance.ts';
import { releaseMark, releaseMarkIn } from '../model/names.ts';
import { releaseOf } from '../model/revision.ts';
import type { DesiredService } from '../model/service.ts';

/** The release that a container stands for which was not made by us: nothing but the spec is compared. */
export function adoptedRelease({ revision }: Pick<DesiredService, 'revision'>): string {
  return releaseOf({ revision, secretVersions: {} });
}

type Histories = ReadonlyMap<string, ServiceHistory>;

/**
 * The containers that the runtimes shall report though they carry no label of ours, by id: those that
 * documents adopt, or adopted last, also when their end is approved.
 */
export function adoptions(
  desired: readonly DesiredService[],
  histories: Histories,
): ReadonlyMap<string, Adoption> {
  const past = [...histories.values()].flatMap(({ accepted, adoptedId }) => {
    if (!accepted) return [];
    return [accepted, ...(adoptedId === undefined ? [] : [{ ...accepted, adopt: adoptedId }])];
  });
  // The last one holds: what the documents say now.
  return new Map(
    [...past, ...desired.toReversed()].flatMap(({ name, adopt, spec }) =>
      adopt === undefined ? [] : [[adopt, { service: name, port: spec.port }] as const],
    ),
  );
}

/**
 * What an adopted container is to its service. `ours`: its name tells its release; `pending`: it is to
 * be taken over; `stray`: it has another name, and so somebody took it away from us.
 */
export function standingOf(
  { id, name, service, adopted }: Instance,
  desired: DesiredService | undefined,
  history: ServiceHistory | undefined,
): 'ours' | 'pending' | 'stray' {
  if (adopted === undefined || releaseMarkIn(name, service) !== undefined) return 'ours';
  return desired?.adopt === id && history?.adoptedId !== id ? 'pending' : 'stray';
}

/** The instance with the version that it stands for by its name, as far as one of these is it. */
export function identify(instance: Instance, versions: readonly DesiredService[]): Instance {
  if (instance.adopted === undefined) return instance;
  const mark = releaseMarkIn(instance.name, instance.service);
  const version = versions.find((known) => releaseMark(adoptedRelease(known)) === mark);
  if (!version) return instance;
  const { revision, spec } = version;
  return { ...instance, revision, release: adoptedRelease(version), spec };
}
