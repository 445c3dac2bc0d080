import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../atomic-file.ts';
import { AppError } from '../../errors.ts';
import { parseRoutes } from '../../model/router-program.ts';
import type { Route } from '../../model/route.ts';
import type { Log } from '../../ports.ts';

/** The routes that the file holds; none where it cannot be read. */
export async function readRoutes(file: string, log: Log): Promise<readonly Route[]> {
  try {
    return parseRoutes(await readFile(file, 'utf8'));
  } catch (error) {
    // Routes are derived: the next pass writes them anew.
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing) log.warn({ file, cause: String(error) }, 'routes file unreadable, made anew');
    return [];
  }
}

/** Replaces the file. Throws STATE_UNWRITABLE. */
export async function writeRoutes(file: string, text: string): Promise<void> {
  try {
    await writeFileAtomically(file, text);
  } catch (cause) {
    throw new AppError('STATE_UNWRITABLE', `${file} cannot be written`, { cause });
  }
}
