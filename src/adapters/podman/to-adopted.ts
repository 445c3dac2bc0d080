import { ADOPTED, type Instance } from '../../model/instance.ts';
import type { AdoptedEntry } from './belonging.ts';
import type { ContainerEntry, PublishedPort } from './container-list.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { Inspection } from './inspection.ts';
import { toState, toTimes, withAlgorithm } from './to-instance.ts';

export interface AdoptedParts extends AdoptedEntry {
  readonly facts: EngineFacts;
  /** Absent for one that was never started. */
  readonly inspection?: Inspection;
}

/** A container that a document adopts, as the planner sees it: nothing is known but what it is. Pure. */
export function toAdopted({ entry, adoption, facts, inspection }: AdoptedParts): Instance {
  const { id, name, imageId } = entry;
  const { service, port } = adoption;
  const state = toState(inspection?.status ?? entry.state);
  const url = state === 'running' ? toUrl(entry, port, { facts, inspection }) : undefined;
  return {
    ...ADOPTED,
    id,
    name,
    service,
    ...(imageId !== '' && { imageId: withAlgorithm(imageId) }),
    state,
    ...toTimes(state, inspection),
    ...(url !== undefined && { url }),
  };
}

/** By the published port, or by any address that it has: the host of a rootless engine reaches none. */
function toUrl(
  { ports }: ContainerEntry,
  port: number,
  { facts, inspection }: { facts: EngineFacts; inspection: Inspection | undefined },
): string | undefined {
  const published = ports.find(({ containerPort }) => containerPort === port);
  if (published !== undefined) return `http://${toHost(published)}:${published.hostPort}`;
  const [address] = facts.rootless ? [] : Object.values(inspection?.addresses ?? {});
  return address === undefined ? undefined : `http://${address}:${port}`;
}

const EVERYWHERE = new Set(['', '0.0.0.0', '::']);

function toHost({ hostIp }: PublishedPort): string {
  if (EVERYWHERE.has(hostIp)) return '127.0.0.1';
  return hostIp.includes(':') ? `[${hostIp}]` : hostIp;
}
