import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';

/** Linux: `sun_path` without its final zero. */
const LONGEST_SOCKET_PATH = 107;

/** What the router has in a state folder. */
export interface RouterFiles {
  readonly folder: string;
  readonly routes: string;
  /** The program's control socket. */
  readonly control: string;
  /** The port, where it was chosen once. */
  readonly port: string;
  /** The same of the port at which remote services are reached. */
  readonly remotesPort: string;
  /** Who the program is that runs on without a manager. */
  readonly record: string;
}

/** The embedded router, and the program that is there for remote services where another router is used. */
export type RouterName = 'router' | 'remote';

/** The paths below a state folder. */
export function filesOf(stateFolder: string, name: RouterName = 'router'): RouterFiles {
  const folder = join(stateFolder, name);
  return {
    folder,
    // Not in the folder: every character counts below a long home and a manager's id.
    control: join(stateFolder, `${name}.sock`),
    routes: join(folder, 'routes.json'),
    port: join(folder, 'port'),
    remotesPort: join(folder, 'remotes-port'),
    record: join(folder, 'process.json'),
  };
}

/** Makes the folder. Throws CONFIG_INVALID where the path is too long for a socket. */
export async function prepareFiles({ folder, control }: RouterFiles): Promise<void> {
  if (Buffer.byteLength(control) > LONGEST_SOCKET_PATH) {
    throw new AppError('CONFIG_INVALID', `${control} is too long for a socket's name`, {
      hint: `set STATE_DIR to a folder with a shorter path`,
    });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
