import type { Instance } from '../../model/instance.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import type { ObserveRequest } from '../../ports.ts';
import { createTags } from './images.ts';
import type { MemoryObjects } from './objects.ts';
import { byName, exit, isOurs } from './objects.ts';
import { createOutsiders } from './outsiders.ts';

type MemoryCall =
  | ({ readonly kind: 'observe' } & ObserveRequest)
  | { readonly kind: 'images'; readonly references: readonly string[] }
  | { readonly kind: 'perform'; readonly step: RuntimeStep };

/** Which steps fail, when, and how often. After the effect: it happened and only the answer is lost. */
interface MemoryFault {
  readonly error: Error;
  readonly when: 'before' | 'after';
  readonly step?: RuntimeStep['kind'];
  /** Instance name, or the image that is pulled. */
  readonly instance?: string;
  /** Default 1. */
  readonly times?: number;
}

/** The controls of a test: what it sees of the runtime, and what it makes happen around it. */
export type MemoryWorld = ReturnType<typeof createWorld>;

/** The world around a memory runtime. Everything that it makes happen wakes the watchers. */
export function createWorld(objects: MemoryObjects) {
  const watchers = new Set<(service: string | undefined) => void>();
  const wake = (service?: string): void => {
    for (const watcher of watchers) watcher(service);
  };
  const edit = (name: string, changes: Partial<Instance>): void => {
    const object = objectOf(objects, name);
    object.instance = { ...object.instance, ...changes };
    wake(object.instance.service);
  };
  return {
    ...createFaults(),
    ...createTags(objects.images),
    ...createOutsiders(objects, wake),
    /** Every call of the runtime, in order: for counting. */
    calls: [] as MemoryCall[],
    wake,
    /** Ours, as they are now. */
    instances: () => [...objects.all.values()].filter(isOurs).map(({ instance }) => instance),
    /** Any container by its name, ours or not. */
    instance: (name: string) => byName(objects, name)?.instance,
    /** The names of all containers, ours or not. */
    names: () => [...objects.all.values()].map(({ name }) => name),
    /** What the program of an instance was given. */
    facts: (name: string) => {
      const { environment, arguments: args } = objectOf(objects, name);
      return { environment, arguments: args };
    },
    /** Changes any observed field of an instance; `drift` is what a deep observation tells. */
    edit,
    /** The program ends by itself. */
    exit: (name: string, code: number | null = 1, signal: string | null = null) => {
      const object = objectOf(objects, name);
      exit(objects, object, { code, signal });
      wake(object.instance.service);
    },
    /** Somebody else removes the object. */
    delete: (name: string) => {
      const { instance } = objectOf(objects, name);
      objects.all.delete(instance.id);
      wake(instance.service);
    },
    /** The program prints a line. */
    print: (name: string, text: string) => {
      const { lines, readers } = objectOf(objects, name);
      lines.push({ atMs: objects.clock(), stream: 'stdout', text });
      for (const tell of readers) tell();
    },
    addWatcher: (watcher: (service: string | undefined) => void, signal: AbortSignal) => {
      watchers.add(watcher);
      signal.addEventListener('abort', () => watchers.delete(watcher), { once: true });
    },
  };
}

/** What goes wrong: an outage, slow answers, failing steps. */
function createFaults() {
  let outage: string | undefined;
  let slowness: Promise<unknown> | undefined;
  let faults: { fault: MemoryFault; left: number }[] = [];
  const raise = (step: RuntimeStep, when: MemoryFault['when']): void => {
    const hit = faults.find(({ fault }) => fault.when === when && concerns(fault, step));
    if (hit === undefined) return;
    hit.left--;
    faults = faults.filter(({ left }) => left > 0);
    throw hit.fault.error;
  };
  return {
    /** Observations fail with this cause until it is called with undefined. */
    setOutage: (cause: string | undefined) => {
      outage = cause;
    },
    /** Every call waits for this promise first; undefined ends that. */
    setSlowness: (until: Promise<unknown> | undefined) => {
      slowness = until;
    },
    addFault: (fault: MemoryFault) => {
      faults.push({ fault, left: fault.times ?? 1 });
    },
    /** For the runtime: the cause why it cannot be observed now. */
    beforeObserve: async (signal: AbortSignal): Promise<string | undefined> => {
      await untilAborted(slowness, signal);
      return signal.aborted ? 'no answer in time' : outage;
    },
    beforePerform: async (step: RuntimeStep, signal: AbortSignal): Promise<void> => {
      await untilAborted(slowness, signal);
      raise(step, 'before');
    },
    afterPerform: (step: RuntimeStep): void => raise(step, 'after'),
  };
}

function concerns({ step: kind, instance }: MemoryFault, step: RuntimeStep): boolean {
  const name = step.kind === 'pull' ? step.image : step.target.name;
  return (
    (kind === undefined || kind === step.kind) && (instance === undefined || instance === name)
  );
}

async function untilAborted(
  wait: Promise<unknown> | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (wait === undefined || signal.aborted) return;
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await Promise.race([wait, aborted]);
}

function objectOf(objects: MemoryObjects, name: string) {
  const object = byName(objects, name);
  if (object === undefined) throw new Error(`There is no container ${name} in this world.`);
  return object;
}
