import type { Config } from '../config.ts';
import type { Control, Health } from '../control.ts';
import { AppError } from '../errors.ts';
import type { CliContext } from './context.ts';
import { chooseRuntime } from './detect-runtime.ts';
import type { OpenOptions } from './host.ts';
import { openServer } from './open-server.ts';
import { findManager, findSocket, type RunningManager } from './running-manager.ts';
import type { Selectable } from './select-services.ts';

export interface OpenedControl extends AsyncDisposable {
  readonly control: Control;
  /** Of the running manager; absent when this process does the work itself. */
  readonly health?: Health;
  readonly runtime: string;
  /** No manager runs, and this process does itself what is asked of it. */
  readonly alone: boolean;
}

/** For looking: the running manager where there is one, else the same done here. Writes nothing. */
export function openControl(context: CliContext): Promise<OpenedControl> {
  return openRunningOr(context, async (chosen) => ({
    ...(await openHere(context, chosen, { mode: 'none' })),
    alone: false,
  }));
}

/**
 * For `command`, which changes something: the running manager where there is one; else this process
 * does the work, under the lease and only as long as the command takes. Throws LEASE_HELD, and
 * NOT_SUPPORTED where nothing can run without a manager.
 */
export function openToAct(context: CliContext, command: string): Promise<OpenedControl> {
  return openRunningOr(context, (chosen) => {
    if (!livesWithManager(chosen)) return openAlone(context, chosen, command);
    throw new AppError('NOT_SUPPORTED', 'services of the process runtime live with the manager', {
      hint: 'start `mcp-manager run --runtime process`: it applies by itself',
    });
  });
}

/**
 * For a command that edits documents: undefined where nothing can be done about them now, because no
 * runtime is there or it lives with its manager.
 */
export async function openToFollow(
  context: CliContext,
  command: string,
): Promise<OpenedControl | undefined> {
  try {
    return await openToAct(context, command);
  } catch (error) {
    const isLater = error instanceof AppError && LATER.has(error.code);
    if (isLater && context.server === undefined) return undefined;
    throw error;
  }
}

const LATER: ReadonlySet<string> = new Set(['NOT_SUPPORTED', 'RUNTIME_UNSUPPORTED']);

/** The same for what makes sense also where nothing can run now: a request is stored, under the lease. */
export function openToWrite(context: CliContext, command: string): Promise<OpenedControl> {
  return openRunningOr(context, (chosen) => openAlone(context, chosen, command));
}

/** For removing everything, whatever the documents say; undefined where nothing can be there. */
export async function openToDestroy(context: CliContext): Promise<OpenedControl | undefined> {
  const config = context.config();
  // Where it would have to be made first, nothing was made yet.
  if ((await findSocket(context, config)) === undefined) return undefined;
  const chosen = await chooseRuntime(config, context);
  if (livesWithManager(chosen)) return undefined;
  return openAlone(context, chosen, 'destroy', { nothingDesired: true });
}

/** The running manager, or what is opened here with the runtime that was chosen. */
async function openRunningOr(
  context: CliContext,
  open: (chosen: Config) => Promise<OpenedControl>,
): Promise<OpenedControl> {
  if (context.server) return toOpened(await openServer(context, context.server));
  const config = context.config();
  const running = await findManager(context, config);
  if (running !== undefined) return toOpened(running);
  return open(await chooseRuntime(config, context));
}

async function openAlone(
  context: CliContext,
  config: Config,
  command: string,
  more: Pick<OpenOptions, 'nothingDesired'> = {},
): Promise<OpenedControl> {
  const opened = await openHere(context, config, { mode: 'alone', command, ...more });
  return { ...opened, alone: !livesWithManager(config) };
}

/** Child processes end with the manager that started them. */
function livesWithManager({ runtime }: Config): boolean {
  return runtime === 'process';
}

function toOpened({ control, health }: RunningManager): OpenedControl {
  const { runtime } = health;
  return { control, health, runtime, alone: false, [Symbol.asyncDispose]: async () => {} };
}

async function openHere(
  context: CliContext,
  config: Config,
  options: Omit<OpenOptions, 'signal'>,
): Promise<Omit<OpenedControl, 'alone'>> {
  const log = await context.openLog(config);
  const { signal } = context;
  const manager = await context.openManager(config, log, { ...options, signal });
  return {
    control: manager.control,
    runtime: config.runtime ?? '',
    [Symbol.asyncDispose]: () => manager[Symbol.asyncDispose](),
  };
}

/** The services that the manager knows, for choosing among them. */
export function listServices({ control }: OpenedControl): () => Promise<readonly Selectable[]> {
  return async () => (await control.status()).services;
}
