import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import type { LogFile } from './log-file.ts';
import { createLogFile } from './log-file.ts';

/** The output of a service that printed nothing for so long, and is likely gone, is deleted. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** A disk that takes longer for a few lines keeps nobody from ending. */
const CLOSE_WITHIN_MS = 2_000;

/** One file per service, however many instances write to it. */
export interface LogFiles {
  of(service: string): LogFile;
  /** Resolves when nothing is being written any more, at the latest after two seconds. */
  close(): Promise<void>;
}

/** Throws STATE_UNWRITABLE. */
export async function openLogFiles(folder: string, nowMs: number): Promise<LogFiles> {
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
  let closed = false;
  return {
    of: (service) => {
      const file = files.get(service) ?? createLogFile(join(folder, `${service}.log`));
      files.set(service, file);
      if (closed) void file.close();
      return file;
    },
    close: () => {
      closed = true;
      return closeAll([...files.values()]);
    },
  };
}

async function closeAll(files: readonly LogFile[]): Promise<void> {
  const patience = new AbortController();
  const late = pause(CLOSE_WITHIN_MS, undefined, { signal: patience.signal });
  await Promise.race([Promise.all(files.map((file) => file.close())), late.catch(() => undefined)]);
  patience.abort();
}

async function deleteOld(path: string, nowMs: number): Promise<void> {
  if (!/\.log(\.1)?$/.test(path)) return;
  const { mtimeMs } = await stat(path);
  if (nowMs - mtimeMs > KEPT_MS) await rm(path);
}
