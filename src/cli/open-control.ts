import { join } from 'node:path';
import { stateFolderOf, type Config } from '../config.ts';
import type { Control, Health } from '../control.ts';
import { AppError } from '../errors.ts';
import type { CliContext } from './context.ts';
import { chooseRuntime } from './detect-runtime.ts';
import type { Selectable } from './select-services.ts';
import { createSocketClient } from './socket-client.ts';

/** The file in the state folder on which a running manager answers. */
export const SOCKET_NAME = 'api.sock';

export interface OpenedControl extends AsyncDisposable {
  readonly control: Control;
  /** Of the running manager; absent when this process does the work itself. */
  readonly health?: Health;
  readonly runtime: string;
}

/** The running manager where there is one, else the same work done in this process. */
export async function openControl(context: CliContext): Promise<OpenedControl> {
  const config = context.config();
  const running = await findManager(context, config);
  if (running !== undefined) {
    const { control, health } = running;
    return { control, health, runtime: health.runtime, [Symbol.asyncDispose]: async () => {} };
  }
  const chosen = await chooseRuntime(config, context);
  const manager = await context.openManager(chosen, await context.openLog(chosen), {
    mode: 'none',
  });
  return {
    control: manager.control,
    runtime: chosen.runtime ?? '',
    [Symbol.asyncDispose]: () => manager[Symbol.asyncDispose](),
  };
}

/** Whether nothing can run now: child processes end with the manager that started them. */
function livesWithManager({ health, runtime }: OpenedControl): boolean {
  return health === undefined && runtime === 'process';
}

/** Throws NOT_SUPPORTED where only a running manager could do what is asked. */
export function requireManager(opened: OpenedControl): void {
  if (!livesWithManager(opened)) return;
  throw new AppError('NOT_SUPPORTED', 'services of the process runtime live with the manager', {
    hint: 'start `mcp-manager run --runtime process`: it applies by itself',
  });
}

/** The services that the manager knows, for choosing among them. */
export function listServices({ control }: OpenedControl): () => Promise<readonly Selectable[]> {
  return async () => (await control.status()).services;
}

export interface RunningManager {
  readonly control: Control;
  readonly health: Health;
}

/** The manager that answers on the socket of this fleet's state folder; undefined when none does. */
export async function findManager(
  context: CliContext,
  config: Config,
): Promise<RunningManager | undefined> {
  const socket = await findSocket(context, config);
  if (socket === undefined) return undefined;
  const control = createSocketClient(socket);
  try {
    return { control, health: await control.health() };
  } catch (error) {
    if (error instanceof AppError && error.code === 'MANAGER_UNREACHABLE') return undefined;
    throw error;
  }
}

/** What a person is told where no manager was found: `otherwise`, unless none could be looked for. */
export async function tellNoManager(context: CliContext, otherwise: string): Promise<string> {
  const config = context.config();
  if ((await findSocket(context, config)) !== undefined) return otherwise;
  const documents = await context.openDocuments(config);
  const { ok } = await documents.read(context.signal);
  return ok ? otherwise : NOT_LOOKED_FOR;
}

const NOT_LOOKED_FOR =
  'Whether a manager runs is not known: the id of the fleet lies in the folder of documents, which cannot be read (MANAGER_ID or --state-dir names the fleet too).';

/** Where a manager would listen; undefined while the fleet has no id and no state folder. */
async function findSocket(context: CliContext, config: Config): Promise<string | undefined> {
  if (config.stateFolder !== undefined) return join(config.stateFolder, SOCKET_NAME);
  const managerId = config.managerId ?? (await context.readManagerId(config));
  return managerId === undefined ? undefined : join(stateFolderOf(config, managerId), SOCKET_NAME);
}
