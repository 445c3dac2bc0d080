import { formatError } from '../../errors.ts';
import type { ForeignObject, Instance, Observation } from '../../model/instance.ts';
import type { ObserveRequest } from '../../ports.ts';
import { type Belonging, tellApart } from './belonging.ts';
import { type ContainerEntry, readContainerList } from './container-list.ts';
import { type ContainerMemory, hasRun } from './container-memory.ts';
import { findDrift } from './drift.ts';
import { type EngineFacts, toLimitations } from './engine-facts.ts';
import { serviceInName } from './names.ts';
import type { Scene } from './scene.ts';
import { findOrphans, lookAround, type Surroundings } from './surroundings.ts';
import { toAdopted } from './to-adopted.ts';
import { toInstance } from './to-instance.ts';

export interface ObserverParts {
  readonly readFacts: (signal: AbortSignal) => Promise<EngineFacts>;
  readonly memory: ContainerMemory;
}

export type Observer = (scene: Scene, request: ObserveRequest) => Promise<Observation>;

/** One list, and one call for each container that changed since the last. Never throws. */
export function createObserver(parts: ObserverParts): Observer {
  const { readFacts, memory } = parts;
  let strays: readonly ForeignObject[] = [];

  return async (scene, request) => {
    const { names, deep, adopted } = request;
    try {
      const [facts, entries, surroundings] = await Promise.all([
        readFacts(scene.signal),
        listContainers(scene, request),
        deep ? lookAround(scene) : undefined,
      ]);
      const found = tellApart(scene, entries, adopted);
      const ours = new Set([...found.owned, ...found.adopted].map(({ entry }) => entry.id));
      if (names === undefined) {
        memory.keep(ours);
        strays = found.foreign.filter(({ name }) => serviceInName(name) === undefined);
      }
      const asked = narrow(found, names);
      const whole = surroundings && names === undefined;
      return {
        ok: true,
        instances: await toInstances(scene, asked, { facts, memory, surroundings }),
        // A list of some names does not show what was renamed; the last whole one did.
        foreign: merge(strays, found.foreign).filter(({ id }) => !ours.has(id)),
        limitations: toLimitations(facts),
        ...(whole && { orphans: await findOrphans(scene, entries, surroundings) }),
      };
    } catch (error) {
      return { ok: false, cause: formatError(error) };
    }
  };
}

function narrow(found: Belonging, names: ObserveRequest['names']): Belonging {
  if (names === undefined) return found;
  return {
    ...found,
    owned: found.owned.filter(({ labels }) => names.has(labels.service)),
    adopted: found.adopted.filter(({ adoption }) => names.has(adoption.service)),
  };
}

function merge(
  before: readonly ForeignObject[],
  now: readonly ForeignObject[],
): readonly ForeignObject[] {
  return [...new Map([...before, ...now].map((object) => [object.id, object])).values()];
}

interface Closely {
  readonly facts: EngineFacts;
  readonly memory: ContainerMemory;
  readonly surroundings: Surroundings | undefined;
}

async function toInstances(
  scene: Scene,
  { owned, adopted }: Belonging,
  closely: Closely,
): Promise<readonly Instance[]> {
  const { facts, memory } = closely;
  const inspect = async <T extends { readonly entry: ContainerEntry }>(one: T) => {
    if (!hasRun(one.entry)) return [one];
    const inspection = await memory.inspect(one.entry, scene);
    return inspection === undefined ? [] : [{ ...one, inspection }];
  };
  const [containers, taken] = await Promise.all([
    Promise.all(owned.map((one) => inspect(one))),
    Promise.all(adopted.map((one) => inspect(one))),
  ]);
  const drift = await findDrift(scene, { containers: containers.flat(), ...closely });
  const { managerId } = scene;
  return [
    ...containers
      .flat()
      .map((one) => toInstance({ ...one, managerId, drift: drift(one.entry.id) })),
    ...taken.flat().map((one) => toAdopted({ ...one, facts })),
  ];
}

/** A longer filter than this costs more than the whole list. */
const MOST_NAMES = 50;

/**
 * By name and not by label: so the same list shows who else has a name that we may want. Without names
 * everything, since what was renamed is neither under its name nor found by it; so also for services
 * that adopt.
 */
async function listContainers(
  { engine, signal }: Scene,
  { names, adopted }: ObserveRequest,
): Promise<readonly ContainerEntry[]> {
  const adopts = [...(adopted?.values() ?? [])].some(({ service }) => names?.has(service));
  const name = [...(names ?? [])].map((service) => `^mcp-${service}-[0-9a-f]{8}-[0-9]+$`);
  const few = name.length > 0 && name.length <= MOST_NAMES && !adopts;
  const call = { signal, what: 'list containers', urgency: 'look' } as const;
  const query = { all: true, ...(few && { filters: { name } }) };
  return readContainerList(
    await engine.libpod(call, { method: 'GET', path: '/containers/json', query }),
  );
}
