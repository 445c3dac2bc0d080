import type { Clock, Log, ObserveRequest, Runtime } from '../../ports.ts';
import { createContainerMemory } from './container-memory.ts';
import { createBridgeFilesReader } from './bridge-files.ts';
import { createBridgeVolumes } from './bridge-volume.ts';
import { openEngine } from './engine.ts';
import { createFactsReader } from './engine-facts.ts';
import { watchEvents } from './events.ts';
import { createImages } from './images.ts';
import { createRegistryQuestion } from './registry-question.ts';
import { inspectForeign } from './inspect-foreign.ts';
import { readLogs } from './logs.ts';
import { createObserver } from './observe.ts';
import { createPerformer } from './perform.ts';
import type { LoginPlaces } from './registry-login.ts';
import { createServiceAddresses } from './service-addresses.ts';
import type { Scene } from './scene.ts';

/** Somebody waits for the answer: an engine that hangs is taken for one that is away. */
const TELL_WITHIN_MS = 5_000;

export interface PodmanRuntimeOptions {
  /** Path of the engine's unix socket. */
  readonly socket: string;
  /** Only what carries this id is touched. */
  readonly managerId: string;
  readonly logins: LoginPlaces;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Services as hardened containers of one Podman engine. Opening asks nothing: an engine that is away
 * shows at the first observation, and comes back by itself.
 */
export function openPodmanRuntime(options: PodmanRuntimeOptions): Runtime {
  const { socket, managerId } = options;
  const engine = openEngine({ socket });
  const closing = new AbortController();
  const memory = createContainerMemory();
  let adopted: NonNullable<ObserveRequest['adopted']> = new Map();
  const readFacts = createFactsReader(engine);
  const observe = createObserver({ readFacts, memory });
  const images = createImages({ engine, ...options });
  const bridges = createBridgeVolumes(createBridgeFilesReader());
  const addresses = createServiceAddresses(readFacts);
  const perform = createPerformer({ readFacts, memory, images, bridges });
  const sceneOf = (signal: AbortSignal): Scene => ({
    engine,
    managerId,
    signal: AbortSignal.any([signal, closing.signal]),
  });
  const isAdopted = (id: string): boolean => adopted.has(id);
  return {
    name: 'podman',
    observe: (request, signal) => {
      adopted = request.adopted ?? new Map();
      return observe(sceneOf(signal), request);
    },
    perform: async (step, values, signal) => {
      const scene = sceneOf(signal);
      if (step.kind === 'pull') {
        await images.pull(step, scene.signal);
        return {};
      }
      const id = await perform(scene, step, values);
      return id === undefined ? {} : { id };
    },
    canPull: createRegistryQuestion({ engine, ...options }),
    images: (references, signal) => images.lookUp(references, sceneOf(signal).signal),
    bridgeVersion: async () => (await bridges.files()).version,
    inspect: (container, signal) => inspectForeign(sceneOf(signal), container),
    watch: (wake, signal) => {
      void watchEvents({
        ...sceneOf(signal),
        adoptedBy: (id) => adopted.get(id)?.service,
        onEvent: ({ id, service, deep }) => {
          memory.noteChange(id);
          wake(service, deep);
        },
        onGap: () => {
          // It may be another one now.
          readFacts.forget();
          wake(undefined);
        },
      });
    },
    logs: (instance, request, signal) =>
      readLogs({ ...sceneOf(signal), isAdopted }, instance, request),
    isOfService: (address) => addresses.has(sceneOf(AbortSignal.timeout(TELL_WITHIN_MS)), address),
    tidy: (signal) => bridges.prune(sceneOf(signal)),
    close: () => {
      closing.abort();
      engine.close();
      return Promise.resolve();
    },
  };
}
