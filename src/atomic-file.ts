import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces `path` with `text` so that a reader sees the old text or the new one, also after a power
 * cut: temp file beside it (or in `tempFolder`, same file system), fsync, rename, fsync of the folder.
 */
export async function writeFileAtomically(
  path: string,
  text: string,
  { mode = 0o644, tempFolder = dirname(path) }: { mode?: number; tempFolder?: string } = {},
): Promise<void> {
  const temp = join(tempFolder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeAndSync(temp, text, mode);
    await rename(temp, path);
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

async function writeAndSync(path: string, text: string, mode: number): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await file.writeFile(text);
  await file.sync();
}

/** Makes names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
