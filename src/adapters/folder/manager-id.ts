import { randomUUID } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../atomic-file.ts';
import { AppError } from '../../errors.ts';
import { codeOf, describe } from './list.ts';

export const ID_FILE = '.mcp-manager.json';
/** It becomes a label on every object that the manager makes. */
const MANAGER_ID = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** The id in the folder's `.mcp-manager.json`; undefined when there is none that can be used. */
export async function readManagerId(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, ID_FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseManagerId(text);
}

/**
 * Writes the id where there is none and answers the one that holds: of two managers that begin
 * together both get the same. Never overwrites. Throws MANAGER_ID_MISSING.
 */
export async function ensureManagerId(folder: string, id: string): Promise<string> {
  const path = join(folder, ID_FILE);
  if (!MANAGER_ID.test(id)) throw missing(`"${id}" is no manager id`);
  if (await createExclusively(folder, `${JSON.stringify({ managerId: id }, undefined, 2)}\n`))
    return id;
  const found = await readManagerId(folder);
  if (found === undefined) throw missing(`${path} holds no usable managerId`);
  return found;
}

function parseManagerId(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const id = typeof value === 'object' && value && 'managerId' in value ? value.managerId : '';
    return typeof id === 'string' && MANAGER_ID.test(id) ? id : undefined;
  } catch {
    // What is no JSON holds no id; it is not ours to replace.
    return undefined;
  }
}

/** False when the file is there already. A reader sees the whole text or no file. */
async function createExclusively(folder: string, text: string): Promise<boolean> {
  const path = join(folder, ID_FILE);
  const temp = join(folder, `${ID_FILE}.${randomUUID()}.tmp`);
  try {
    await writeNew(temp, text);
    await link(temp, path);
    await syncFolder(folder);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    // Some file systems know no hard links: then a short moment of an empty file must do.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS')
      return await createPlainly(path, text);
    throw missing(`${folder}: ${describe(error)}`, error);
  } finally {
    await rm(temp, { force: true }).catch(() => undefined);
  }
}

async function createPlainly(path: string, text: string): Promise<boolean> {
  try {
    await writeNew(path, text);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw missing(describe(error), error);
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx');
  await file.writeFile(text);
  await file.sync();
}

function missing(message: string, cause?: unknown): AppError {
  return new AppError('MANAGER_ID_MISSING', message, {
    cause,
    hint: `set MANAGER_ID, or put {"managerId": "…"} into ${ID_FILE} of the documents folder`,
  });
}
