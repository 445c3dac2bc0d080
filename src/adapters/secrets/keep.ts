import { lstat, mkdir, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomically } from '../../atomic-file.ts';
import { AppError } from '../../errors.ts';
import { LARGEST_BYTES } from './file.ts';
import type { SecretProvider } from './provider.ts';

/** Where a value shall lie: its reference as it was written, and the file below the folder. */
export interface KeptSecret {
  readonly reference: string;
  readonly key: string;
  readonly value: string;
}

interface Keeping {
  readonly folder: string;
  readonly provider: Pick<SecretProvider, 'value'>;
  /** Whether another value that lies there gives way. */
  readonly replaces: boolean;
}

/**
 * Writes values as files that only the manager's user can read. Nothing is written when a file holds
 * another value that shall not be replaced: it is somebody's. Throws REFUSED and STATE_UNWRITABLE; no message has a value.
 */
export async function keepSecrets(
  { folder, provider, replaces }: Keeping,
  secrets: readonly KeptSecret[],
): Promise<void> {
  for (const secret of secrets) requireKeepable(secret);
  const found = await Promise.all(
    secrets.map(async (secret) => ({ secret, there: await provider.value(secret.key) })),
  );
  for (const { secret, there } of found) {
    if (there.kind === 'missing') continue;
    if (there.kind === 'known' && (replaces || there.value === secret.value)) continue;
    if (replaces && (await isFileOfOurs(folder, secret.key))) continue;
    const why = there.kind === 'known' ? 'another value lies there already' : there.cause;
    throw new AppError('REFUSED', `secret ${secret.reference} cannot be kept: ${why}`, {
      hint: `move ${join(folder, secret.key)} away, or choose another name for the service`,
    });
  }
  for (const { secret, there } of found) {
    if (there.kind !== 'known' || there.value !== secret.value) await write(folder, secret);
  }
}

/** Takes away the files of values that nobody refers to. What is no file of ours stays. Throws STATE_UNWRITABLE. */
export async function dropSecrets(
  folder: string,
  secrets: readonly Pick<KeptSecret, 'key'>[],
): Promise<void> {
  for (const { key } of secrets) {
    if (!(await isFileOfOurs(folder, key))) continue;
    try {
      await rm(join(folder, key), { force: true });
    } catch (cause) {
      throw unwritable(folder, join(folder, key), cause);
    }
  }
}

function unwritable(folder: string, path: string, cause: unknown): AppError {
  return new AppError('STATE_UNWRITABLE', `${path} cannot be written`, {
    cause,
    hint: `make ${folder} writable for the user that runs mcp-manager`,
  });
}

/** Of 255 bytes, what is put around a name while its file is written. */
const LONGEST_NAME = 255 - 42;

/** What the provider would refuse to read is not written either, and what no file can be called. */
function requireKeepable({ reference, key, value }: KeptSecret): void {
  if (Buffer.byteLength(basename(key)) > LONGEST_NAME) {
    throw new AppError('REFUSED', `secret ${reference} cannot be kept: its name is too long`, {
      hint: 'choose a shorter name',
    });
  }
  const isLarge = Buffer.byteLength(value) > LARGEST_BYTES;
  if (!isLarge && !value.includes('\0')) return;
  const why = isLarge ? `is larger than ${LARGEST_BYTES} bytes` : 'contains a NUL';
  throw new AppError('REFUSED', `secret ${reference} cannot be kept: its value ${why}`, {
    hint: 'no environment variable may be so: send another value',
  });
}

/** Whatever it holds; no link leads there. */
async function isFileOfOurs(folder: string, key: string): Promise<boolean> {
  try {
    const path = join(await realpath(folder), key);
    return (await lstat(path)).isFile() && (await realpath(path)) === path;
  } catch {
    return false;
  }
}

/** It is the name that cannot be, and not the disk: that is so for ever. */
const NAME_CODES = new Set(['ENAMETOOLONG', 'EISDIR', 'ENOTDIR', 'EEXIST', 'ELOOP', 'EINVAL']);

async function write(folder: string, { reference, key, value }: KeptSecret): Promise<void> {
  const path = join(folder, key);
  // One newline at the end is not read as part of the value.
  const text = value.endsWith('\n') ? `${value}\n` : value;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomically(path, text, { mode: 0o600 });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (NAME_CODES.has(code)) {
      throw new AppError('REFUSED', `secret ${reference} cannot be kept: ${code}`, {
        hint: 'choose a shorter name, or move away what lies there',
      });
    }
    throw unwritable(folder, path, cause);
  }
}
