import { join } from 'node:path';
import { stateFolderOf, type Config } from '../config.ts';
import type { Control, Health } from '../control.ts';
import { AppError } from '../errors.ts';
import type { CliContext } from './context.ts';
import { createSocketClient } from './socket-client.ts';

/** The file in the state folder on which a running manager answers. */
export const SOCKET_NAME = 'api.sock';

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
export async function findSocket(context: CliContext, config: Config): Promise<string | undefined> {
  if (config.stateFolder !== undefined) return join(config.stateFolder, SOCKET_NAME);
  const managerId = config.managerId ?? (await context.readManagerId(config));
  return managerId === undefined ? undefined : join(stateFolderOf(config, managerId), SOCKET_NAME);
}
