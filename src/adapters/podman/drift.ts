import type { FieldDrift } from '../../model/instance.ts';
import type { Inspection } from './inspection.ts';
import { networkName } from './networks.ts';
import type { OwnedEntry } from './observe.ts';
import type { Scene } from './scene.ts';

export interface FoundContainer extends OwnedEntry {
  readonly inspection?: Inspection;
}

/** What drifted, by container id. `deep` asks for what the list does not show, too. */
export type DriftFinder = (
  scene: Scene,
  containers: readonly FoundContainer[],
  deep: boolean,
) => Promise<(id: string) => readonly FieldDrift[]>;

export interface DriftFinderParts {
  /** Containers whose port on the host was found to be somebody else's. */
  readonly portTaken: ReadonlySet<string>;
}

/** Compares what is with what the labels say was made; never with what was asked of the engine. */
export function createDriftFinder(parts: DriftFinderParts): DriftFinder {
  return async ({ managerId }, containers) => {
    const found = new Map(
      containers.map((container) => [
        container.entry.id,
        [...networkDrift(managerId, container), ...portDrift(parts, container)],
      ]),
    );
    return (id) => found.get(id) ?? [];
  };
}

/** What the list itself shows. */
function networkDrift(
  managerId: string,
  { entry, labels: { service: name, spec } }: FoundContainer,
): readonly FieldDrift[] {
  if (spec === undefined) return [];
  const expected = networkName(managerId, { name, spec });
  if (entry.networks.includes(expected)) return [];
  return [{ path: 'network', expected, actual: entry.networks.join(', ') || 'none' }];
}

/** Such a container can never start again: its port is part of it. */
function portDrift({ portTaken }: DriftFinderParts, { entry }: FoundContainer): FieldDrift[] {
  if (!portTaken.has(entry.id)) return [];
  const [port] = entry.ports;
  const expected = `127.0.0.1:${port?.hostPort}`;
  return [{ path: 'port', expected, actual: 'taken by another program' }];
}
