import type { ContainerFacts } from '../../model/container.ts';
import type { Instance, Orphan } from '../../model/instance.ts';
import { bareObject, byName, type MemoryObjects } from './objects.ts';

/** A container that somebody else runs; with `labels`, it copies those of an instance of ours. */
interface AddedObject {
  readonly id: string;
  readonly name: string;
  readonly owner?: string;
  readonly labels?: Instance;
  readonly facts?: Partial<ContainerFacts>;
}

/** For a test: what others do beside the manager. */
export function createOutsiders(objects: MemoryObjects, wake: (service?: string) => void) {
  return {
    /** Somebody else gives a container another name. */
    rename: (from: string, to: string) => {
      const object = byName(objects, from);
      if (object === undefined) throw new Error(`There is no container ${from} in this world.`);
      object.name = to;
      wake(object.instance.service);
    },
    /** Somebody else runs a container. */
    addForeign: ({ id, name, owner, labels, facts = {} }: AddedObject) => {
      const instance: Instance = {
        ...(labels ?? UNLABELLED),
        id,
        state: 'running',
        startedAtMs: objects.clock(),
        url: `http://memory/${name}`,
      };
      const object = { ...bareObject(instance, labels !== undefined), name, facts };
      objects.all.set(id, owner === undefined ? object : { ...object, owner });
      wake();
    },
    /** A network or volume is left over. */
    leave: (orphan: Orphan) => {
      objects.orphans.set(orphan.id, orphan);
    },
    /** What is left over now, by name. */
    leftovers: () => [...objects.orphans.values()].map(({ name }) => name),
  };
}

const UNLABELLED: Omit<Instance, 'id' | 'state'> = {
  name: '',
  service: '',
  revision: '',
  release: '',
  drift: [],
};
