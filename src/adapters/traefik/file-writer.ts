import { stat } from 'node:fs/promises';
import { formatError } from '../../errors.ts';
import type { Log } from '../../ports.ts';
import { readText, writeWatchedFile } from './watched-file.ts';

/** Traefik may have missed a change: it is handed in again this often. */
const HAND_IN_AGAIN_MS = 10_000;

export interface FileWriter {
  /** Replaces the text. Throws STATE_UNWRITABLE. */
  write(text: string): Promise<void>;
  /**
   * Writes anew what somebody else changed, and what Traefik has not taken for long (`isBehind`). One look
   * at the file system where nothing happened. Never throws.
   */
  mend(isBehind: boolean): Promise<void>;
}

/** The one hand that writes our file, and first of all `text` where something else stands there. */
export async function openFileWriter(path: string, text: string, log: Log): Promise<FileWriter> {
  let written = text;
  let stamp = '';
  let writtenMs = performance.now();
  const put = async (next: string): Promise<void> => {
    await writeWatchedFile(path, next);
    [written, stamp, writtenMs] = [next, await stampOf(path), performance.now()];
  };
  const mend = async (isBehind: boolean): Promise<void> => {
    const found = await stampOf(path);
    if (found !== stamp && (await readText(path)) !== written) {
      log.warn({ file: path }, 'the routes file was changed by somebody else; written anew');
      return put(written);
    }
    stamp = found;
    if (isBehind && performance.now() - writtenMs >= HAND_IN_AGAIN_MS) await put(written);
  };

  if ((await readText(path)) !== text) await put(text);
  // What is mended must never go over something newer.
  const inOrder = createQueue();
  return {
    write: (next) => inOrder(() => put(next)),
    mend: (isBehind) =>
      inOrder(() => mend(isBehind)).catch((error: unknown) => log.warn({}, formatError(error))),
  };
}

/** Another one for another content; empty where there is no file. */
async function stampOf(path: string): Promise<string> {
  return stat(path).then(
    ({ ctimeMs, size, ino }) => [ctimeMs, size, ino].join(' '),
    () => '',
  );
}

function createQueue(): (job: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve();
  return (job) => {
    const done = last.then(job);
    last = done.catch(() => undefined);
    return done;
  };
}
