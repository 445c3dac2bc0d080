import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../atomic-file.ts';
import { AppError } from '../../errors.ts';
import type { VersionOf } from './provider.ts';

const KEY_BYTES = 32;
const KEY_TEXT = /^[0-9a-f]{64}\n$/;

/**
 * Reads the key of this installation, made once with mode 0600, and answers the keyed hash
 * `<8 hex of the key>-<12 hex>`: useless to whoever guesses values, comparable under one key only.
 * Whoever may not write gets, where there is none, a key that nothing was ever compared by. Throws
 * AppError STATE_UNWRITABLE.
 */
export async function openVersionKey(file: string, mayWrite: boolean): Promise<VersionOf> {
  const key = await openKey(file, mayWrite);
  const keyId = hmac(key, 'key id').slice(0, 8);
  // With the reference in it nobody can confirm a guess by giving it to a secret of their own.
  return (reference, value) => `${keyId}-${hmac(key, `${reference}\0${value}`).slice(0, 12)}`;
}

function hmac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

async function openKey(file: string, mayWrite: boolean): Promise<Buffer> {
  try {
    return await readKey(file).catch(async (error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw error;
      if (!mayWrite) return randomBytes(KEY_BYTES);
      await makeKey(file);
      return readKey(file);
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError('STATE_UNWRITABLE', `the key of secret versions cannot be kept: ${why}`, {
      cause: error,
      hint: `make ${dirname(file)} writable for the user that runs mcp-manager, or set STATE_DIR`,
    });
  }
}

async function readKey(file: string): Promise<Buffer> {
  const text = await readFile(file, 'utf8');
  if (KEY_TEXT.test(text)) return Buffer.from(text.trim(), 'hex');
  throw new AppError('STATE_UNWRITABLE', `${file} does not hold a key of secret versions`, {
    hint: 'remove the file: a new key is made, and no service restarts for it',
  });
}

/** A link to a finished file: of two processes that start at once, one key wins and is whole. */
async function makeKey(file: string): Promise<void> {
  const temp = `${file}.${randomUUID()}.tmp`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    await writeKey(temp);
    await link(temp, file);
    await syncFolder(dirname(file));
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await rm(temp, { force: true });
  }
}

async function writeKey(temp: string): Promise<void> {
  await using handle = await open(temp, 'wx', 0o600);
  await handle.writeFile(`${randomBytes(KEY_BYTES).toString('hex')}\n`);
  await handle.sync();
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
