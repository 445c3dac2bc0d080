import { isUp, type Adoption, type ForeignObject, type OwnLabels } from '../../model/instance.ts';
import type { ObserveRequest } from '../../ports.ts';
import { isAdoptable } from './adopt.ts';
import type { ContainerEntry, OwnedEntry } from './container-list.ts';
import { isOurs, LABELS, readLabels } from './labels.ts';
import type { Scene } from './scene.ts';
import { toState } from './to-instance.ts';

/** A container that a document adopts, with what is known of it there. */
export interface AdoptedEntry {
  readonly entry: ContainerEntry;
  readonly adoption: Adoption;
}

/** The containers of a list, told apart by whose they are. */
export interface Belonging {
  readonly owned: readonly OwnedEntry[];
  readonly adopted: readonly AdoptedEntry[];
  readonly foreign: readonly ForeignObject[];
}

/** By the labels, then by what documents adopt; of all others only who matters here. */
export function tellApart(
  scene: Pick<Scene, 'managerId'>,
  entries: readonly ContainerEntry[],
  adopted: ObserveRequest['adopted'],
): Belonging {
  const owned: OwnedEntry[] = [];
  const taken: AdoptedEntry[] = [];
  const foreign: ForeignObject[] = [];
  for (const entry of entries) {
    const labels = readOwnLabels(scene, entry);
    const adoption = isAdoptable(scene, entry) ? adopted?.get(entry.id) : undefined;
    if (labels !== undefined) owned.push({ entry, labels });
    else if (adoption !== undefined) taken.push({ entry, adoption });
    else foreign.push(...toForeign(scene, entry));
  }
  return { owned, adopted: taken, foreign };
}

function readOwnLabels({ managerId }: Pick<Scene, 'managerId'>, entry: ContainerEntry) {
  return isOurs(managerId, entry.name, entry.labels) ? readLabels(entry.labels) : undefined;
}

/** Who has a name that we may want, and what was ours under another name. */
function toForeign(
  { managerId }: Pick<Scene, 'managerId'>,
  entry: ContainerEntry,
): readonly ForeignObject[] {
  const { id, name, labels } = entry;
  const owner = labels[LABELS.manager];
  if (owner !== managerId && !name.startsWith('mcp-')) return [];
  const labelled = owner === managerId ? toOwnLabels(entry) : undefined;
  return [{ id, name, ...(owner !== undefined && { owner }), ...(labelled && { labelled }) }];
}

/** What our labels say on a container of another name: it was renamed, let go, or copied. */
function toOwnLabels({ labels, state }: ContainerEntry): OwnLabels | undefined {
  const own = readLabels(labels);
  const name = labels[LABELS.name];
  if (own === undefined || name === undefined) return undefined;
  const up = isUp({ state: toState(state) });
  return { service: own.service, name, up, ...(own.spec && { spec: own.spec }) };
}
