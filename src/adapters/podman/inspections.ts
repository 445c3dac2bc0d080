import type { ContainerEntry } from './container-list.ts';
import { type InspectCall, inspectContainer, type Inspection } from './inspection.ts';
import { toState } from './to-instance.ts';

/** What was found out about containers, for as long as their list entries stay as they are. */
export interface Inspections {
  /** From memory, or by one call when the container started, ended or moved since; undefined: it is gone. */
  of(entry: ContainerEntry, call: InspectCall): Promise<Inspection | undefined>;
  /** The next look at this container is a new one: within a second its entry may look the same. */
  drop(id: string): void;
  /** Forgets all containers but these. */
  keep(ids: ReadonlySet<string>): void;
}

/** One call per container whenever it changes; none in the steady state. */
export function createInspections(): Inspections {
  const known = new Map<string, { readonly key: string; readonly inspection: Inspection }>();
  return {
    of: async (entry, call) => {
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
    drop: (id) => {
      known.delete(id);
    },
    keep: (ids) => {
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
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
