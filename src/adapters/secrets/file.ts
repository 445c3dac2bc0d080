import type { BigIntStats } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { SecretLookup, SecretProvider } from './provider.ts';

/** The longest environment variable that Linux passes on (MAX_ARG_STRLEN). */
export const LARGEST_BYTES = 128 * 1024;
/** Above any fleet's number of references; beyond it the cache starts anew. */
const CACHED = 20_000;
/** File times are coarse: a file changed so recently may change again without a new time. */
const SETTLED_MS = 100;

interface Cached {
  readonly stamp: string;
  readonly version: string;
}

/**
 * Secrets as files below one folder, as Kubernetes and Docker mount them and as the manager writes
 * them itself. One trailing newline is no part of the value. A version that is cached costs one stat.
 */
export function createFileProvider({ folder }: { readonly folder: string }): SecretProvider {
  const cache = new Map<string, Cached>();
  return {
    async version({ reference, key }, versionOf) {
      const known = cache.get(reference);
      if (known !== undefined && (await stampOf(folder, key)) === known.stamp) {
        return { kind: 'known', version: known.version };
      }
      cache.delete(reference);
      const found = await lookUp(folder, key);
      if (found.kind !== 'known') return found;
      const version = versionOf(reference, found.value);
      if (cache.size >= CACHED) cache.clear();
      if (found.settled) cache.set(reference, { stamp: found.stamp, version });
      return { kind: 'known', version };
    },
    async value(key) {
      const found = await lookUp(folder, key);
      return found.kind === 'known' ? { kind: 'known', value: found.value } : found;
    },
  };
}

type FileLookup =
  | Exclude<SecretLookup, { readonly kind: 'known' }>
  | {
      readonly kind: 'known';
      readonly value: string;
      readonly stamp: string;
      readonly settled: boolean;
    };

async function lookUp(folder: string, key: string): Promise<FileLookup> {
  if (!staysBelow(key)) return refused(key, 'leaves the secrets folder');
  try {
    const path = await realpath(join(folder, key));
    if (!path.startsWith(`${await realpath(folder)}${sep}`)) {
      return refused(key, 'leaves the secrets folder by a link');
    }
    return await readSecret(path, key);
  } catch (error) {
    return toAbsence(error, key);
  }
}

async function readSecret(path: string, key: string): Promise<FileLookup> {
  // Before opening: opening a pipe would wait for its writer.
  if (!(await stat(path)).isFile()) return refused(key, 'is not a file');
  await using file = await open(path, 'r');
  const stats = await file.stat({ bigint: true });
  if (stats.size > LARGEST_BYTES) return refused(key, `is larger than ${LARGEST_BYTES} bytes`);
  const bytes = Buffer.alloc(Number(stats.size));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  const value = decode(bytes.subarray(0, bytesRead));
  bytes.fill(0);
  if (value === undefined) return refused(key, 'is not text in UTF-8 without NUL');
  if (value === '') return { kind: 'missing', cause: `${describe(key)} is empty` };
  const changedMs = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs));
  const settled = Date.now() - changedMs > SETTLED_MS;
  return { kind: 'known', value, stamp: toStamp(stats), settled };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text.replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

async function stampOf(folder: string, key: string): Promise<string | undefined> {
  try {
    return toStamp(await stat(join(folder, key), { bigint: true }));
  } catch {
    // Whatever it is: the reading that follows tells.
    return undefined;
  }
}

function toStamp({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function staysBelow(key: string): boolean {
  const parts = key.split('/');
  return !key.includes('\0') && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}

function refused(key: string, why: string): FileLookup {
  return { kind: 'refused', cause: `${describe(key)} ${why}` };
}

function toAbsence(error: unknown, key: string): FileLookup {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { kind: 'missing', cause: `there is no file ${key} in the secrets folder` };
  }
  return { kind: 'unavailable', cause: `${describe(key)} cannot be read (${code})` };
}

function describe(key: string): string {
  return `the file ${key.replaceAll('\0', '?')} in the secrets folder`;
}
