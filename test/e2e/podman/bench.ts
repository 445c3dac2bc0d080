import { onTestFinished } from 'vitest';
import { openPodmanRuntime } from '../../../src/adapters/podman/runtime.ts';
import type { Instance } from '../../../src/model/instance.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import type { Log, Runtime, SecretValues } from '../../../src/ports.ts';
import type { ProgramFacts, RuntimeBench } from '../../contract/runtime/bench.ts';
import type { Engine } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createStep, wanted, type WantedOverrides } from '../../helpers/services.ts';

export interface PodmanBench extends RuntimeBench {
  readonly managerId: string;
}

export interface PodmanBenchOptions {
  /** Default: the engine's own. */
  readonly socket?: string;
  readonly managerId?: string;
  readonly atEnd?: (end: () => Promise<void>) => void;
}

/** A Podman runtime of its own; with the end given (default: that of the test) all of its manager is removed. */
export async function openPodmanBench(
  engine: Engine,
  options: PodmanBenchOptions = {},
): Promise<PodmanBench> {
  const { socket = engine.socket, managerId = `test-${crypto.randomUUID()}` } = options;
  const { atEnd = onTestFinished } = options;
  const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const logins = { environment: {} };
  const runtime = openPodmanRuntime({ socket, managerId, logins, log, clock: Date.now });
  atEnd(async () => {
    await runtime.close();
    await clear(engine, managerId);
  });
  return {
    runtime,
    managerId,
    makeService,
    facts: askFacts,
    print: async (instance, text) => {
      await fetch(`${instance.url}/print?text=${encodeURIComponent(text)}`);
    },
    crash: async ({ id }) => {
      await engine.podman('kill', id);
    },
    close: () => runtime.close(),
  };
}

const ignore = (): void => {};

/** The service program of the fixtures, in a container. */
export function makeService(name: string, overrides: WantedOverrides = {}): DesiredService {
  const { spec, ...rest } = overrides;
  const command = ['node', '/programs/service.mjs'];
  return wanted(name, {
    runtime: 'podman',
    ...rest,
    spec: { image: PROGRAMS_IMAGE, command, ...spec },
  });
}

/** What the program at the URL of the instance was given. */
async function askFacts({ url }: Instance): Promise<ProgramFacts> {
  const response = await fetch(`${url}/facts`, { signal: AbortSignal.timeout(5_000) });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program answers
  return (await response.json()) as ProgramFacts;
}

/** Creates and starts the first instance of a service, and waits until it answers. */
export async function launch(
  { runtime, facts }: RuntimeBench,
  service: DesiredService,
  values: SecretValues = new Map(),
): Promise<Instance> {
  const step = createStep(service);
  const signal = AbortSignal.timeout(60_000);
  await runtime.perform(step, values, signal);
  await runtime.perform({ kind: 'start', target: step.target }, new Map(), signal);
  return eventually(async () => {
    const instance = await look(runtime, step.target.name);
    await facts(instance);
    return instance;
  }, 60_000);
}

/** The instance of this name as it is observed now; throws when there is none. */
export async function look(runtime: Runtime, name: string, deep = false): Promise<Instance> {
  const observation = await runtime.observe({ deep }, AbortSignal.timeout(60_000));
  if (!observation.ok) throw new Error(observation.cause);
  const found = observation.instances.find((instance) => instance.name === name);
  if (found === undefined) throw new Error(`${name} is not observed`);
  return found;
}

/** Runs JavaScript inside a container and answers what it printed; rejects when it throws. */
export function runInside(engine: Engine, { id }: Instance, script: string): Promise<string> {
  return engine.podman('exec', id, 'node', '-e', script);
}

async function clear({ podman }: Engine, managerId: string): Promise<void> {
  const label = `label=mcp-manager.io/manager=${managerId}`;
  const containers = words(await podman('ps', '--all', '--quiet', '--filter', label));
  if (containers.length > 0) await podman('rm', '--force', '--time', '0', ...containers);
  const networks = words(await podman('network', 'ls', '--quiet', '--filter', label));
  if (networks.length > 0) await podman('network', 'rm', ...networks);
  const volumes = words(await podman('volume', 'ls', '--quiet', '--filter', label));
  if (volumes.length > 0) await podman('volume', 'rm', ...volumes);
}

function words(text: string): string[] {
  return text.split('\n').filter((word) => word !== '');
}
