import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../errors.ts';
import type { Clock, Log, ObserveRequest, Runtime } from '../../ports.ts';
import type { Environment } from './environment.ts';
import { createPortPicker } from './free-port.ts';
import type { ProcessInstances } from './instances.ts';
import { toInstance } from './instances.ts';
import { openLogFiles } from './log-files.ts';
import type { Output } from './output.ts';
import { refuseInspection } from './no-containers.ts';
import { createOutput } from './output.ts';
import { discard, perform } from './perform.ts';
import type { ProgramRunner } from './program.ts';
import { createShims } from './shim.ts';

export interface ProcessRuntimeOptions {
  readonly stateFolder: string;
  readonly managerId: string;
  readonly log: Log;
  readonly clock: Clock;
  /** The manager's own environment: programs get PATH, HOME, LANG, TZ and TMPDIR of it, nothing else. */
  readonly environment: Environment;
  /** The shim's main file; default: the one in src/programs/shim. */
  readonly shimPath?: string;
  /** Keeps the compiled shim; default: a folder in the state folder. */
  readonly cacheFolder?: string;
}

/**
 * Services as child processes on loopback. They live no longer than the manager, however it ends; what
 * an earlier life of the same manager id left behind is ended first, so only the holder of the lease may
 * open it. Throws RUNTIME_UNAVAILABLE and STATE_UNWRITABLE.
 */
export async function openProcessRuntime(options: ProcessRuntimeOptions): Promise<Runtime> {
  const { stateFolder, managerId, log, clock, environment } = options;
  const { cacheFolder = join(stateFolder, 'compile-cache') } = options;
  const { shimPath = fileURLToPath(new URL('../../programs/shim/main.ts', import.meta.url)) } =
    options;
  const shims = createShims({ shimPath, cacheFolder });
  const logFiles = await openLogFiles(join(stateFolder, 'logs'), clock());
  const swept = await shims.sweep(`${managerId}/`);
  if (swept > 0) log.info({ processes: swept }, 'ended what an earlier run left behind');
  const wakers = new Set<(service: string | undefined) => void>();
  const runner: ProgramRunner = {
    shims,
    ports: createPortPicker(),
    inherited: environment,
    managerId,
    clock,
    log,
    logFiles,
    onEnd: (service) => {
      for (const wake of wakers) wake(service);
    },
  };
  return createRuntime(runner, wakers);
}

function createRuntime(
  runner: ProgramRunner,
  wakers: Set<(service: string | undefined) => void>,
): Runtime {
  const instances: ProcessInstances = { ours: new Map(), forgotten: new Set() };
  let closed = false;
  return {
    name: 'process',
    observe: (request) => Promise.resolve(observe(instances, request)),
    perform: async (step, values, signal) => {
      if (closed) throw new AppError('RUNTIME_UNAVAILABLE', 'The process runtime is closed.');
      if (signal.aborted) throw new AppError('TIMED_OUT', `${step.kind} was given up.`);
      const id = await perform({ runner, instances, values, signal }, step);
      return id === undefined ? {} : { id };
    },
    images: () => Promise.resolve(new Map()),
    inspect: refuseInspection,
    watch: (wake, signal) => {
      wakers.add(wake);
      signal.addEventListener('abort', () => wakers.delete(wake), { once: true });
    },
    logs: (name, request, signal) => outputOf(instances, name).read(request, signal),
    close: async () => {
      closed = true;
      const all = [...instances.ours.values(), ...instances.forgotten];
      await Promise.all(all.map((instance) => discard(instance)));
      await runner.logFiles.close();
    },
  };
}

function observe({ ours, forgotten }: ProcessInstances, { names }: ObserveRequest) {
  const all = [...ours.values()];
  const asked = names === undefined ? all : all.filter(({ step }) => names.has(step.service.name));
  return {
    ok: true as const,
    instances: asked.map(toInstance),
    foreign: [...forgotten].map(({ id, step }) => ({ id, name: `${step.target.name}-forgotten` })),
    limitations: LIMITATIONS,
  };
}

/** An instance that is not there has printed nothing and will print nothing. */
function outputOf({ ours }: ProcessInstances, name: string): Output {
  const nothing = createOutput();
  nothing.close();
  return ours.get(name)?.output ?? nothing;
}

const LIMITATIONS: readonly string[] = [
  'The process runtime isolates nothing: programs run as the user of the manager, with its files and its network.',
  'Limits of memory, CPU and processes are not held.',
  'The fields user, volumes and network are not followed.',
  ...(process.platform === 'linux'
    ? [
        'A program that leaves its process group and clears its environment is not found when its service ends.',
      ]
    : [
        'Programs that leave their process group are not found when their service ends: that needs Linux.',
      ]),
];
