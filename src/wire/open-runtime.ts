import assert from 'node:assert/strict';
import { createMemoryRuntime } from '../adapters/memory/runtime.ts';
import { createIdleProcessRuntime } from '../adapters/process/idle-runtime.ts';
import type { OpenOptions } from '../cli/host.ts';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Log, Runtime } from '../ports.ts';

/** Who opens the runtime, and what for. */
export interface RuntimeOpening {
  readonly managerId: string;
  readonly stateFolder: string;
  readonly log: Log;
  readonly mode: OpenOptions['mode'];
}

/** The runtime that was chosen. Throws RUNTIME_UNSUPPORTED, and what the process runtime throws. */
export async function openRuntime(config: Config, opening: RuntimeOpening): Promise<Runtime> {
  switch (config.runtime) {
    case 'memory':
      return createMemoryRuntime({ clock: Date.now, hasAllImages: true }).runtime;
    case 'podman':
      return openPodman(config, opening);
    case 'process':
      return isManager(opening) ? openProcesses(config, opening) : createIdleProcessRuntime();
    case undefined:
      throw new AppError('RUNTIME_UNSUPPORTED', 'no runtime was chosen', {
        hint: '`--runtime process`, or BACKEND_ENVIRONMENT=process',
      });
    default:
      return config.runtime satisfies never;
  }
}

/** Processes live with the manager: without one there are none. */
function isManager({ mode }: RuntimeOpening): boolean {
  return mode === 'auto' || mode === 'approve';
}

async function openPodman(
  { engineSocket: socket, registryAuthFile: authFile, environment }: Config,
  { managerId, log }: RuntimeOpening,
): Promise<Runtime> {
  assert(socket !== undefined, 'Podman was chosen by its socket');
  const { openPodmanRuntime } = await import('../adapters/podman/runtime.ts');
  const logins = { environment, ...(authFile !== undefined && { authFile }) };
  return openPodmanRuntime({ socket, managerId, logins, log, clock: Date.now });
}

async function openProcesses(
  { environment }: Config,
  { managerId, stateFolder, log }: RuntimeOpening,
): Promise<Runtime> {
  const { openProcessRuntime } = await import('../adapters/process/runtime.ts');
  return openProcessRuntime({ stateFolder, managerId, log, clock: Date.now, environment });
}
