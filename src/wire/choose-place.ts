import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../adapters/sqlite/store.ts';
import type { OpenOptions } from '../cli/host.ts';
import { type Config, stateFolderOf } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Documents, Store } from '../ports.ts';

/** Who this manager is and where its state lies. */
export interface Place {
  readonly managerId: string;
  readonly stateFolder: string;
  /** Nothing was ever written for this fleet, and this command shall not be the first to. */
  readonly unwritten: boolean;
}

/** Of a command that only looks as it is found; otherwise made where it is not there. Throws STATE_UNWRITABLE. */
export async function choosePlace(
  config: Config,
  documents: Documents,
  mode: OpenOptions['mode'],
): Promise<Place> {
  const set = await documents.read(new AbortController().signal);
  const known = config.managerId ?? (set.ok ? set.managerId : undefined);
  if (mode === 'none') {
    const stateFolder = stateFolderOf(config, known ?? 'none');
    return {
      managerId: known ?? 'none',
      stateFolder,
      unwritten: !existsSync(join(stateFolder, 'state.db')),
    };
  }
  const managerId = known ?? (await documents.ensureManagerId(randomUUID()));
  const stateFolder = stateFolderOf(config, managerId);
  await mkdir(stateFolder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new AppError('STATE_UNWRITABLE', `${stateFolder} cannot be made`, {
      cause,
      hint: 'give another folder with `--state-dir` or STATE_DIR',
    });
  });
  return { managerId, stateFolder, unwritten: false };
}

/** The store in the state folder. Throws STATE_NEWER, STATE_UNWRITABLE. */
export function openPlaceStore(
  config: Config,
  { managerId, stateFolder, unwritten }: Place,
): Store {
  return openStore({
    file: unwritten ? ':memory:' : join(stateFolder, 'state.db'),
    source: `/mcp-manager/${managerId}`,
    clock: Date.now,
    keepUndelivered: config.redisUrl !== undefined,
  });
}
