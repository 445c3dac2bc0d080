import { AppError } from '../../errors.ts';
import type { Instance, Observation } from '../../model/instance.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import type { Clock, LogLine, LogRequest, ObserveRequest, Runtime } from '../../ports.ts';
import { createImages, lookUp } from './images.ts';
import type { MemoryObjects } from './objects.ts';
import { change } from './objects.ts';
import type { MemoryWorld } from './world.ts';
import { createWorld } from './world.ts';

export interface MemoryRuntimeOptions {
  readonly clock?: Clock;
  /** Instances of ours that are there from the start. */
  readonly initial?: readonly Instance[];
  readonly name?: string;
}

/** A runtime without anything real, for tests and simulation; `world` is what happens around it. */
export function createMemoryRuntime({
  clock = Date.now,
  initial = [],
  name = 'memory',
}: MemoryRuntimeOptions = {}): { readonly runtime: Runtime; readonly world: MemoryWorld } {
  let made = 0;
  const objects: MemoryObjects = {
    ours: new Map(
      initial.map((instance) => [
        instance.name,
        { instance, environment: {}, arguments: [], lines: [], readers: new Set() },
      ]),
    ),
    foreign: new Map(),
    images: createImages(),
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
      const id = change(objects, step, values);
      if (step.kind !== 'pull') world.wake(serviceOf(objects, step));
      world.afterPerform(step);
      return id === undefined ? {} : { id };
    },
    images: async (references) => {
      world.calls.push({ kind: 'images', references });
      return lookUp(objects.images, references);
    },
    watch: (wake, signal) => world.addWatcher(wake, signal),
    logs: (instance, request, signal) => readLines(objects, { instance, request, signal }),
    close: () => Promise.resolve(),
  };
}

function observe(objects: MemoryObjects, { names, deep }: ObserveRequest): Observation {
  const instances = [...objects.ours.values()]
    .map(({ instance }) => (deep ? instance : { ...instance, drift: [] }))
    .filter(({ service }) => names?.has(service) ?? true);
  return { ok: true, instances, foreign: [...objects.foreign.values()], limitations: [] };
}

/** The service that a step concerned, as far as it is still known. */
function serviceOf(objects: MemoryObjects, step: RuntimeStep): string | undefined {
  if (step.kind === 'create') return step.service.name;
  return step.kind === 'pull' ? undefined : objects.ours.get(step.target.name)?.instance.service;
}

async function* readLines(
  objects: MemoryObjects,
  { instance, request, signal }: { instance: string; request: LogRequest; signal: AbortSignal },
): AsyncGenerator<LogLine> {
  const { tail, sinceMs = 0, follow } = request;
  const { lines, readers } = objects.ours.get(instance) ?? { lines: [], readers: new Set() };
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
