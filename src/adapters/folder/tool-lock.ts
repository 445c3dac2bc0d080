import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LOCK_FILE } from '../../model/tool-lock.ts';
import type { SourceFile } from '../../ports.ts';
import { codeOf, describe } from './list.ts';

/** A tool that replaces a file by removing it first is done in a few milliseconds. */
const SECOND_LOOK_MS = 50;
const MAX_FILE_BYTES = 4 * 2 ** 20;

/** The file of approved tools; undefined where there is none. It counts as gone only if two looks miss it. */
export function createToolLockReader(
  folder: string,
): (signal: AbortSignal) => Promise<SourceFile | undefined> {
  const path = join(folder, LOCK_FILE);
  let last: SourceFile | undefined;
  return async (signal) => {
    let found = await readLock(path);
    if (found === undefined && last !== undefined) {
      await pause(SECOND_LOOK_MS, undefined, { signal });
      found = await readLock(path);
    }
    // The same object for the same content: who reads it next needs no look inside.
    if (JSON.stringify(found) !== JSON.stringify(last)) last = found;
    return last;
  };
}

async function readLock(path: string): Promise<SourceFile | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) {
      return { file: LOCK_FILE, error: `larger than ${MAX_FILE_BYTES} bytes` };
    }
    return { file: LOCK_FILE, text: await readFile(path, 'utf8') };
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : { file: LOCK_FILE, error: describe(error) };
  }
}
