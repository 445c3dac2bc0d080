import type { Orphan } from '../../model/instance.ts';
import type { ContainerEntry } from './container-list.ts';
import { isOurs, LABELS, type Labels } from './labels.ts';
import { type EngineNetwork, listNetworks } from './networks.ts';
import type { Scene } from './scene.ts';
import { type EngineVolume, listUnusedVolumes, listVolumes } from './volumes.ts';

/** The networks and volumes of this manager. */
export interface Surroundings {
  readonly networks: readonly EngineNetwork[];
  readonly volumes: readonly EngineVolume[];
}

/** What the list of containers does not show: two more lists. */
export async function lookAround(scene: Scene): Promise<Surroundings> {
  const [networks, volumes] = await Promise.all([listNetworks(scene), listVolumes(scene)]);
  return { networks, volumes };
}

/** What no container uses, by the list of all of them: one more call. */
export async function findOrphans(
  scene: Scene,
  entries: readonly ContainerEntry[],
  { networks }: Surroundings,
): Promise<readonly Orphan[]> {
  const used = new Set(entries.flatMap((entry) => entry.networks));
  const volumes = await listUnusedVolumes(scene);
  const ours = ({ name, labels }: Labelled): boolean => isOurs(scene.managerId, name, labels);
  const unused = networks.filter((network) => !used.has(network.name));
  return [
    ...unused.filter(ours).flatMap((one) => toOrphan('network', one)),
    ...volumes.filter(ours).flatMap((one) => toOrphan('volume', one)),
  ];
}

interface Labelled {
  readonly name: string;
  readonly labels: Labels;
}

/** Nobody can be told whose it was where no label says it. A volume and a network go by their names. */
function toOrphan(kind: Orphan['kind'], { name, labels }: Labelled): readonly Orphan[] {
  const service = labels[LABELS.service];
  if (service === undefined) return [];
  const source = labels[LABELS.volume];
  return [{ kind, id: name, name, service, ...(source !== undefined && { source }) }];
}
