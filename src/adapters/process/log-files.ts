import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import type { LogFile } from './log-file.ts';
import { createLogFile } from './log-file.ts';

/** The output of a service that printed nothing for so long, and is likely gone, is deleted. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** One file per service, however many instances write to it. Throws STATE_UNWRITABLE. */
export async function openLogFiles(
  folder: string,
  nowMs: number,
): Promise<(service: string) => LogFile> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const names = await readdir(folder);
    await Promise.all(names.map((name) => deleteOld(join(folder, name), nowMs)));
  } catch (error) {
    throw new AppError('STATE_UNWRITABLE', `The folder of logs ${folder} cannot be used.`, {
      cause: error,
      hint: 'make it writable for the user of the manager, or set STATE_DIR',
    });
  }
  const files = new Map<string, LogFile>();
  return (service) => {
    const file = files.get(service) ?? createLogFile(join(folder, `${service}.log`));
    files.set(service, file);
    return file;
  };
}

async function deleteOld(path: string, nowMs: number): Promise<void> {
  if (!/\.log(\.1)?$/.test(path)) return;
  const { mtimeMs } = await stat(path);
  if (nowMs - mtimeMs > KEPT_MS) await rm(path);
}
