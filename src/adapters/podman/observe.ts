import { formatError } from '../../errors.ts';
import type { ForeignObject, Instance, Observation } from '../../model/instance.ts';
import type { ObserveRequest } from '../../ports.ts';
import { type ContainerEntry, type OwnedEntry, readContainerList } from './container-list.ts';
import { type ContainerMemory, hasRun } from './container-memory.ts';
import { findDrift } from './drift.ts';
import { type EngineFacts, toLimitations } from './engine-facts.ts';
import { isOurs, LABELS, readLabels } from './labels.ts';
import { serviceInName } from './names.ts';
import type { Scene } from './scene.ts';
import { toInstance } from './to-instance.ts';

export interface ObserverParts {
  readonly readFacts: (signal: AbortSignal) => Promise<EngineFacts>;
  readonly memory: ContainerMemory;
}

export type Observer = (scene: Scene, request: ObserveRequest) => Promise<Observation>;

/** One list, and one call for each container that changed since the last. Never throws. */
export function createObserver({ readFacts, memory }: ObserverParts): Observer {
  let strays: readonly ForeignObject[] = [];

  async function toInstances(
    scene: Scene,
    owned: readonly OwnedEntry[],
    how: { readonly facts: EngineFacts; readonly deep: boolean },
  ): Promise<readonly Instance[]> {
    const found = await Promise.all(
      owned.map(async (one) => {
        if (!hasRun(one.entry)) return [one];
        const inspection = await memory.inspect(one.entry, scene);
        return inspection === undefined ? [] : [{ ...one, inspection }];
      }),
    );
    const present = found.flat();
    const drift = await findDrift(scene, { containers: present, memory, ...how });
    return present.map((one) =>
      toInstance({ ...one, managerId: scene.managerId, drift: drift(one.entry.id) }),
    );
  }

  return async (scene, { names, deep }) => {
    try {
      const [facts, entries] = await Promise.all([
        readFacts(scene.signal),
        listContainers(scene, names),
      ]);
      const owned = entries.flatMap((entry) => toOwned(scene, entry));
      const ours = new Set(owned.map(({ entry }) => entry.id));
      const foreign = entries
        .filter(({ id }) => !ours.has(id))
        .flatMap((entry) => toForeign(scene, entry));
      if (names === undefined) {
        memory.keep(ours);
        strays = foreign.filter(({ name }) => serviceInName(name) === undefined);
      }
      const asked = owned.filter(({ labels }) => names?.has(labels.service) ?? true);
      const instances = await toInstances(scene, asked, { facts, deep });
      const limitations = toLimitations(facts);
      // A list of some names does not show what was renamed; the last whole one did.
      const known = new Map([...strays, ...foreign].map((object) => [object.id, object]));
      return { ok: true, instances, foreign: [...known.values()], limitations };
    } catch (error) {
      return { ok: false, cause: formatError(error) };
    }
  };
}

/** A longer filter than this costs more than the whole list. */
const MOST_NAMES = 50;

/**
 * By name and not by label: so the same list shows who else has a name that we may want. Without names
 * everything, since what was renamed is neither under its name nor found by it.
 */
async function listContainers(
  { engine, signal }: Scene,
  names: ObserveRequest['names'],
): Promise<readonly ContainerEntry[]> {
  const name = [...(names ?? [])].map((service) => `^mcp-${service}-[0-9a-f]{8}-[0-9]+$`);
  const filters = name.length > 0 && name.length <= MOST_NAMES ? { filters: { name } } : {};
  const call = { signal, what: 'list containers', urgency: 'look' } as const;
  const query = { all: true, ...filters };
  return readContainerList(
    await engine.libpod(call, { method: 'GET', path: '/containers/json', query }),
  );
}

function toOwned({ managerId }: Scene, entry: ContainerEntry): readonly OwnedEntry[] {
  const labels = isOurs(managerId, entry.name, entry.labels) ? readLabels(entry.labels) : undefined;
  return labels === undefined ? [] : [{ entry, labels }];
}

/** Who has a name that we may want, and what was ours under another name. */
function toForeign({ managerId }: Scene, { id, name, labels }: ContainerEntry): ForeignObject[] {
  const owner = labels[LABELS.manager];
  if (owner !== managerId && !name.startsWith('mcp-')) return [];
  return [{ id, name, ...(owner !== undefined && { owner }) }];
}
