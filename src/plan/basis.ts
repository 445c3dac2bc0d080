import type { Instance } from '../model/instance.ts';
import type {
  ObservedBasis,
  PlanDocument,
  ServiceBasis,
  StaleService,
} from '../model/plan-document.ts';
import { desiredDigest } from '../model/revision.ts';
import type { DesiredService } from '../model/service.ts';
import { meaningOf, shortId } from './image.ts';
import type { PlanInput } from './input.ts';
import { locateInstances, pendingAdoptions } from './locate.ts';
import { knownVersions, movedSecrets } from './secret-versions.ts';

/** What a plan is made from, and a saved one is held against. Only services and instances that are ours. */
export interface PlannedWorld extends Pick<PlanInput, 'secrets' | 'images'> {
  readonly desired: ReadonlyMap<string, DesiredService>;
  readonly instances: readonly Instance[];
}

export function toWorld(input: PlanInput): PlannedWorld {
  const { desired, secrets, images } = input;
  const services = new Map(desired.services.map((service) => [service.name, service]));
  const instances = [...locateInstances(input), ...pendingAdoptions(input)];
  return { desired: services, instances, secrets, images };
}

/** What one service is now: its approved version and its objects, without anything volatile. */
export function basisOf(name: string, world: PlannedWorld): ServiceBasis {
  const desired = world.desired.get(name);
  const observed = world.instances
    .filter(({ service }) => service === name)
    .map(observedBasis)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (desired === undefined) return { desiredDigest: null, observed };
  const imageId = meaningOf(desired, world)?.id;
  const { image } = desired.spec;
  return {
    // No more of it: values that must not be shown may stand in it in clear.
    desired: image === undefined ? {} : { image },
    desiredDigest: desiredDigest(desired),
    secretVersions: knownVersions(desired, world),
    ...(imageId !== undefined && { imageId }),
    observed,
  };
}

/** The services of a saved plan that are no longer what it was made for, and what moved. */
export function findStale(plan: PlanDocument, now: PlannedWorld): readonly StaleService[] {
  const instances = Map.groupBy(now.instances, ({ service }) => service);
  return Object.entries(plan.basis).flatMap(([service, then]) => {
    const present = basisOf(service, { ...now, instances: instances.get(service) ?? [] });
    const moved = [
      ...documentMoves(then, present),
      ...movesBehind(then, present),
      ...instanceMoves(then, present),
    ];
    return moved.length === 0 ? [] : [{ service, moved: moved.join('; ') }];
  });
}

function observedBasis(instance: Instance): ObservedBasis {
  const { id, name, revision, release, imageId, state } = instance;
  const stateClass = state === 'created' || state === 'running' ? 'up' : 'down';
  const drift = instance.drift.map(({ path, actual }) => `${path}: ${actual}`).toSorted();
  const base = { id, name, revision, release, imageId: imageId ?? null, stateClass } as const;
  return drift.length === 0 ? base : { ...base, drift };
}

function documentMoves(then: ServiceBasis, now: ServiceBasis): readonly string[] {
  if (then.desiredDigest === now.desiredDigest) return [];
  if (now.desiredDigest === null) return ['the document is gone'];
  return [then.desiredDigest === null ? 'a document appeared' : 'the document changed'];
}

/** What can move while the document stays; unknown is no change. */
function movesBehind(then: ServiceBasis, now: ServiceBasis): readonly string[] {
  const secrets = movedSecrets(then.secretVersions ?? {}, now.secretVersions ?? {});
  const moved = secrets.map((reference) => `secret ${reference} changed`);
  const [before, after] = [then.imageId, now.imageId];
  if (before === undefined || after === undefined || before === after) return moved;
  const image = then.desired?.image ?? 'its image';
  return [...moved, `${image} moved from ${shortId(before)} to ${shortId(after)}`];
}

function instanceMoves(then: ServiceBasis, now: ServiceBasis): readonly string[] {
  const present = new Map(now.observed.map((instance) => [instance.id, instance]));
  const known = new Set(then.observed.map(({ id }) => id));
  const moved = then.observed.flatMap((before) => {
    const after = present.get(before.id);
    return after === undefined ? [`instance ${before.name} is gone`] : movesOf(before, after);
  });
  const appeared = now.observed.filter(({ id }) => !known.has(id));
  return [...moved, ...appeared.map(({ name }) => `instance ${name} appeared`)];
}

/** An image that is unknown on one side is no change (design §4.12). */
function movesOf(before: ObservedBasis, after: ObservedBasis): readonly string[] {
  const moved: string[] = [];
  const add = (what: string): number => moved.push(`instance ${before.name}: ${what}`);
  if (before.name !== after.name) add(`its name changed to ${after.name}`);
  if (before.release !== after.release) {
    add(`its release changed from ${before.release} to ${after.release}`);
  }
  if (before.revision !== after.revision) {
    add(`its revision changed from ${before.revision} to ${after.revision}`);
  }
  if (before.imageId !== null && after.imageId !== null && before.imageId !== after.imageId) {
    add('its image changed');
  }
  if (before.stateClass !== after.stateClass) {
    add(after.stateClass === 'down' ? 'it stopped running' : 'it was started');
  }
  const known = new Set(before.drift);
  for (const change of after.drift ?? []) if (!known.has(change)) add(`it has ${change}`);
  return moved;
}
