import type { ContainerEntry } from './container-list.ts';
import { type InspectCall, inspectContainer, type Inspection } from './inspection.ts';
import { toState } from './to-instance.ts';

/** What was found out about containers and stands in no list. Lost with the manager, and found out again. */
export interface ContainerMemory {
  /** From memory, or by one call when its list entry changed since; undefined: it is gone. */
  inspect(entry: ContainerEntry, call: InspectCall): Promise<Inspection | undefined>;
  /** Something was done to it: within a second its entry may look the same. */
  noteChange(id: string): void;
  /** Its port on the host was found to be somebody else's. */
  noteLostPort(id: string): void;
  hasLostPort(id: string): boolean;
  /** Forgets all containers but these. */
  keep(ids: ReadonlySet<string>): void;
}

export function createContainerMemory(): ContainerMemory {
  const known = new Map<string, { readonly key: string; readonly inspection: Inspection }>();
  const lostPorts = new Set<string>();
  return {
    inspect: async (entry, call) => {
      const key = keyOf(entry);
      const found = known.get(entry.id);
      if (found?.key === key) return found.inspection;
      known.delete(entry.id);
      const inspection = await inspectContainer(call, entry.id);
      // One that moved on between the list and this call is looked at again next time.
      if (inspection?.pid === entry.pid && inspection.status === entry.state)
        known.set(entry.id, { key, inspection });
      return inspection;
    },
    noteChange: (id) => {
      known.delete(id);
    },
    noteLostPort: (id) => {
      lostPorts.add(id);
    },
    hasLostPort: (id) => lostPorts.has(id),
    keep: (ids) => {
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
      for (const id of lostPorts) if (!ids.has(id)) lostPorts.delete(id);
    },
  };
}

/** Whether there is anything to find out about it. */
export function hasRun({ state }: ContainerEntry): boolean {
  return toState(state) !== 'created';
}

function keyOf({ state, pid, startedAtS, exitedAtS, networks }: ContainerEntry): string {
  return [state, pid, startedAtS, exitedAtS, ...networks].join(' ');
}
