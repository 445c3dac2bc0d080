import { onTestFinished } from 'vitest';
import { openPodmanRuntime } from '../../../src/adapters/podman/runtime.ts';
import type { Instance } from '../../../src/model/instance.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import type { Log } from '../../../src/ports.ts';
import type { ProgramFacts, RuntimeBench } from '../../contract/runtime/bench.ts';
import type { Engine } from '../../helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { wanted, type WantedOverrides } from '../../helpers/services.ts';

export interface PodmanBench extends RuntimeBench {
  readonly managerId: string;
}

/** A Podman runtime of this test's own; with the test's end everything of its manager is removed. */
export async function openPodmanBench(
  engine: Engine,
  { socket = engine.socket, managerId = `test-${crypto.randomUUID()}` } = {},
): Promise<PodmanBench> {
  const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const logins = { environment: {} };
  const runtime = openPodmanRuntime({ socket, managerId, logins, log, clock: Date.now });
  onTestFinished(async () => {
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
function makeService(name: string, overrides: WantedOverrides = {}): DesiredService {
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
