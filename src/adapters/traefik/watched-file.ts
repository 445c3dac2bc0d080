import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../../atomic-file.ts';
import { AppError } from '../../errors.ts';
import type { Route } from '../../model/route.ts';
import type { Log } from '../../ports.ts';
import { parseRoutesFile, readOwner } from './routes-file.ts';

/** The place for the temporary file is on another file system, or may not be written. */
const ELSEWHERE = new Set(['EXDEV', 'EACCES', 'EPERM', 'EROFS']);

/**
 * Replaces a file in a folder that Traefik watches. The temporary file lies outside of it: inside, its
 * own events would delay the one that counts. Where the folder is a mount, that is a folder in it, which
 * is not watched. Throws STATE_UNWRITABLE.
 */
export async function writeWatchedFile(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  try {
    await mkdir(folder, { recursive: true });
    const outside = { tempFolder: dirname(folder) };
    await writeFileAtomically(file, text, outside).catch(async (error: unknown) => {
      if (!isElsewhere(error)) throw error;
      const tempFolder = join(folder, '.mcp-manager');
      await mkdir(tempFolder, { recursive: true });
      await writeFileAtomically(file, text, { tempFolder });
    });
  } catch (cause) {
    throw new AppError('STATE_UNWRITABLE', `${file} cannot be written`, {
      cause,
      hint: 'let TRAEFIK_DYNAMIC_DIR name a folder that you may write and Traefik watches',
    });
  }
}

export interface ReadRoutesOptions {
  readonly file: string;
  readonly managerId: string;
  readonly log: Log;
}

/**
 * The routes that the file holds; none where it does not exist. They are derived: what cannot be read is
 * put aside as `<file>.old`, and made anew. Throws CONFIG_INVALID for the file of another manager.
 */
export async function readRoutesFile(options: ReadRoutesOptions): Promise<readonly Route[]> {
  const { file, managerId, log } = options;
  const text = await readText(file);
  if (text === undefined) return [];
  const owner = readOwner(text);
  if (owner !== undefined && owner !== managerId) {
    throw new AppError('CONFIG_INVALID', `${file} is written by the manager ${owner}`, {
      hint: 'set TRAEFIK_DYNAMIC_DIR to a folder of its own, or remove the file if that manager is no more',
    });
  }
  try {
    return parseRoutesFile(text);
  } catch (error) {
    const kept = `${file}.old`;
    log.warn({ file, kept, cause: String(error) }, 'routes file unreadable, made anew');
    await rename(file, kept);
    return [];
  }
}

/** The same for whoever only looks: nothing is put aside. */
export async function peekAtRoutesFile(file: string): Promise<readonly Route[]> {
  try {
    return parseRoutesFile((await readText(file)) ?? '');
  } catch {
    return [];
  }
}

/** The whole text; undefined where there is no such file, or it cannot be read. */
export async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function isElsewhere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ELSEWHERE.has(String(error.code));
}
