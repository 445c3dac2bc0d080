import { AppError } from '../../errors.ts';
import type { Instance } from '../../model/instance.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import type { Clock, LogLine, LogRequest, Runtime } from '../../ports.ts';
import { createImages, lookUp } from './images.ts';
import type { MemoryObjects } from './objects.ts';
import { bareObject, byName, change } from './objects.ts';
import { inspect } from './inspect.ts';
import { observe } from './observe.ts';
import type { MemoryWorld } from './world.ts';
import { createWorld } from './world.ts';

export interface MemoryRuntimeOptions {
  readonly clock?: Clock;
  /** Instances of ours that are there from the start. */
  readonly initial?: readonly Instance[];
  readonly name?: string;
  /** Every image can be pulled, not only what the world publishes. */
  readonly hasAllImages?: boolean;
}

/** A runtime without anything real, for tests and simulation; `world` is what happens around it. */
export function createMemoryRuntime({
  clock = Date.now,
  initial = [],
  name = 'memory',
  hasAllImages = false,
}: MemoryRuntimeOptions = {}): { readonly runtime: Runtime; readonly world: MemoryWorld } {
  let made = 0;
  const objects: MemoryObjects = {
    all: new Map(initial.map((instance) => [instance.id, bareObject(instance, true)])),
    orphans: new Map(),
    images: createImages(hasAllImages),
    nextId: () => `memory-${++made}`,
    clock,
  };
  const world = createWorld(objects);
  return { world, runtime: createRuntime(name, objects, world) };
}

function createRuntime(name: string, objects: MemoryObjects, world: MemoryWorld): Runtime {
  return {
    name,
    observe: async (request, signal) => {
      world.calls.push({ kind: 'observe', ...request });
      const cause = await world.beforeObserve(signal);
      return cause === undefined ? observe(objects, request) : { ok: false, cause };
    },
    perform: async (step, values, signal) => {
      world.calls.push({ kind: 'perform', step });
      await world.beforePerform(step, signal);
      if (signal.aborted) throw new AppError('TIMED_OUT', `${step.kind} was given up.`);
      // Before the change: a removal leaves nothing that could be asked.
      const service = serviceOf(objects, step);
      const id = change(objects, step, values);
      if (step.kind !== 'pull') world.wake(service);
      world.afterPerform(step);
      return id === undefined ? {} : { id };
    },
    images: async (references) => {
      world.calls.push({ kind: 'images', references });
      return lookUp(objects.images, references);
    },
    inspect: async (container) => inspect(objects, container),
    watch: (wake, signal) => world.addWatcher(wake, signal),
    logs: (instance, request, signal) => readLines(objects, { instance, request, signal }),
    close: () => Promise.resolve(),
  };
}

/** The service that a step concerned, as far as it is still known. */
function serviceOf({ all }: MemoryObjects, step: RuntimeStep): string | undefined {
  if (step.kind === 'create') return step.service.name;
  if (step.kind === 'pull' || step.kind === 'prune') return undefined;
  return [...all.values()].find(({ name }) => name === step.target.name)?.instance.service;
}

async function* readLines(
  objects: MemoryObjects,
  { instance, request, signal }: { instance: string; request: LogRequest; signal: AbortSignal },
): AsyncGenerator<LogLine> {
  const { tail, sinceMs = 0, follow } = request;
  const { lines, readers } = byName(objects, instance) ?? { lines: [], readers: new Set() };
  let next = tail === undefined ? 0 : Math.max(0, lines.length - tail);
  while (!signal.aborted) {
    for (; next < lines.length; next++) {
      const line = lines[next];
      if (line !== undefined && line.atMs >= sinceMs) yield line;
    }
    if (!follow) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    readers.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    readers.delete(resolve);
  }
}
