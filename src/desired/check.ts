import type { Place, Problem } from '../model/problem.ts';
import type { DesiredService, Origin } from '../model/service.ts';

/** A name as it stands in one file. */
export interface Definition {
  readonly name: string;
  readonly place: Place;
}

/** Names that stand in more than one place: a problem for each after the first, naming both. */
export function findDuplicates(definitions: readonly Definition[]): readonly Problem[] {
  const byName = Map.groupBy(definitions, ({ name }) => name);
  return [...byName.values()].flatMap(([first, ...others]) =>
    others.map(({ name, place }) => ({
      ...place,
      code: 'DUPLICATE_NAME',
      message: `"${name}" is already defined at ${formatPlace(first?.place)}`,
      hint: 'rename or remove one of the two',
      service: name,
    })),
  );
}

/** A service that wants a slug or a container; `held` when it had that before. */
export interface Claim {
  readonly service: DesiredService;
  readonly held: boolean;
}

/** What only one service may have, and what is said of all others. */
export interface Single {
  readonly keyOf: (service: DesiredService) => string | undefined;
  readonly said: Pick<Problem, 'code' | 'message' | 'hint'>;
}

export const SINGLES: readonly Single[] = [
  {
    keyOf: ({ adopt }) => adopt,
    said: {
      code: 'ADOPTED_TWICE',
      message: 'its container is taken over by',
      hint: 'remove `adopt:` from one of the two',
    },
  },
  {
    keyOf: ({ platform }) => platform?.instanceId,
    said: {
      code: 'INSTANCE_TAKEN',
      message: 'its `platform.instanceId` is that of',
      hint: 'give it another one, or leave it out',
    },
  },
];

/** Who had it before keeps it, then the first one gets it: a problem for each other, naming both. */
export function findTwice(claims: readonly Claim[], { keyOf, said }: Single): readonly Problem[] {
  const byKey = Map.groupBy(
    claims.filter(({ service }) => keyOf(service) !== undefined),
    ({ service }) => keyOf(service),
  );
  return [...byKey.values()].flatMap((claimants) => {
    const [first, ...others] = claimants.toSorted((a, b) => Number(b.held) - Number(a.held));
    return others.map(({ service: { name, place } }) => ({
      ...place,
      ...said,
      message: `${said.message} "${first?.service.name}" at ${formatPlace(first?.service.place)}`,
      service: name,
    }));
  });
}

const RANK: Readonly<Record<Origin, number>> = { file: 0, api: 1, core: 2 };

/** Who has a slug keeps it, then people come before API and core; all others are problems. */
export function findSlugConflicts(claims: readonly Claim[]): readonly Problem[] {
  const bySlug = Map.groupBy(claims, ({ service }) => service.slug);
  return [...bySlug.values()].flatMap((claimants) => {
    if (claimants.length < 2) return [];
    const [winner, ...others] = claimants.toSorted(compareClaims);
    return others.map(({ service }) => ({
      ...service.place,
      code: 'SLUG_TAKEN',
      message: `slug "${service.slug}" is taken by "${winner?.service.name}" at ${formatPlace(winner?.service.place)}`,
      hint: 'give one of them another `slug:`',
      service: service.name,
    }));
  });
}

/** A plain name is routed only where it is no slug and one service's alone: of several nobody has it. */
export function withoutTakenNames(services: readonly DesiredService[]): readonly DesiredService[] {
  const slugs = new Set(services.map(({ slug }) => slug));
  const byPlainName = Map.groupBy(services, ({ plainName }) => plainName);
  return services.map((service) => {
    const { plainName, ...others } = service;
    if (plainName === undefined) return service;
    const isFree = !slugs.has(plainName) && byPlainName.get(plainName)?.length === 1;
    return isFree ? service : others;
  });
}

/** Services beyond the limit, the last ones in the documents; who was there before stays. */
export function findTooMany(
  services: readonly DesiredService[],
  limit: { readonly maxServices?: number | undefined; readonly isOld: (name: string) => boolean },
): readonly Problem[] {
  const { maxServices = Infinity, isOld } = limit;
  const excess = services.length - maxServices;
  if (excess <= 0) return [];
  const fresh = services.filter(({ name }) => !isOld(name)).toSorted(byPlace);
  return fresh.slice(-excess).map(({ name, place }) => ({
    ...place,
    code: 'TOO_MANY_SERVICES',
    message: `"${name}" is one more than the ${maxServices} services that are allowed`,
    hint: 'remove another one, or raise MAX_CONTAINERS',
    service: name,
  }));
}

function byPlace(a: DesiredService, b: DesiredService): number {
  return comparePlaces(a.place, b.place);
}

function compareClaims(a: Claim, b: Claim): number {
  return (
    Number(b.held) - Number(a.held) ||
    RANK[a.service.origin] - RANK[b.service.origin] ||
    comparePlaces(a.service.place, b.service.place)
  );
}

/** By file, then line, then column. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

function formatPlace(place: Place | undefined): string {
  return place === undefined ? '?' : `${place.file}:${place.line}:${place.column}`;
}
