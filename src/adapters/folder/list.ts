import { readdir, readlink, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { mapBounded } from './map-bounded.ts';

export interface ListOptions {
  readonly folder: string;
  readonly extensions: readonly string[];
  /** Whether folders below are looked into. */
  readonly deep: boolean;
}

/** A file as the folder shows it now; `stamp` changes whenever its content may have changed. */
export type Listed =
  | { readonly stamp: string; readonly changedAtMs: number }
  | { readonly error: string };

export type Listing =
  | { readonly ok: true; readonly files: ReadonlyMap<string, Listed> }
  | { readonly ok: false; readonly cause: string; readonly missing: boolean };

/** More files are no fleet but a mistaken path. */
const MAX_FILES = 20_000;
const MAX_FOLDER_DEPTH = 16;
const STATS_AT_ONCE = 32;
/** Larger files are not read: a document is at most 1 MiB of text. */
const MAX_FILE_BYTES = 4 * 2 ** 20;

/**
 * Lists the files of interest, by path relative to the folder, sorted. Links to files are followed,
 * links to folders are not. A folder below that cannot be read is listed with its error.
 */
export async function listFiles(options: ListOptions): Promise<Listing> {
  const found: Found = { names: new Set(), files: new Map() };
  const failure = await walk('', 0, { ...options, found });
  if (failure !== undefined) {
    const missing = codeOf(failure) === 'ENOENT';
    const cause = missing ? `no such folder: ${options.folder}` : describe(failure);
    return { ok: false, missing, cause };
  }
  if (found.names.size > MAX_FILES) {
    const cause = `${options.folder} holds more than ${MAX_FILES} files`;
    return { ok: false, missing: false, cause };
  }
  const names = [...found.names];
  const listed = await mapBounded(names, STATS_AT_ONCE, (name) =>
    stampFile(join(options.folder, name)),
  );
  for (const [index, entry] of listed.entries()) {
    if (entry !== undefined) found.files.set(names[index] ?? '', entry);
  }
  return { ok: true, files: new Map([...found.files].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

interface Found {
  readonly names: Set<string>;
  readonly files: Map<string, Listed>;
}

type Walk = ListOptions & { readonly found: Found };

/** Answers the error of the folder itself; those of folders below become entries. */
async function walk(below: string, depth: number, options: Walk): Promise<unknown> {
  const { folder, extensions, deep, found } = options;
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(asError);
  if (entries instanceof Error) return entries;
  for (const entry of entries) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      // Where a document may have been a moment ago, a folder is no reason to let its services go.
      if (isWanted(entry.name, extensions))
        found.files.set(name, { error: 'a folder, not a file' });
      else if (deep) await walkBelow(name, depth + 1, options);
    } else if (isWanted(entry.name, extensions)) {
      found.names.add(name);
    }
  }
  return undefined;
}

async function walkBelow(name: string, depth: number, options: Walk): Promise<void> {
  const isTooDeep = depth > MAX_FOLDER_DEPTH;
  const failure = isTooDeep ? undefined : await walk(name, depth, options);
  // A folder that went away meanwhile is as absent as any other.
  if (codeOf(failure) === 'ENOENT') return;
  if (isTooDeep) {
    options.found.files.set(name, { error: `below more than ${MAX_FOLDER_DEPTH} folders` });
  } else if (failure !== undefined) {
    options.found.files.set(name, { error: describe(failure) });
  }
}

function isWanted(name: string, extensions: readonly string[]): boolean {
  const extension = extname(name);
  return extensions.includes(extension) && !name.endsWith(`.lock${extension}`);
}

/** What the file is now; undefined when it went away meanwhile. */
async function stampFile(path: string): Promise<Listed | undefined> {
  const stats = await stat(path, { bigint: true }).catch(asError);
  if (stats instanceof Error) {
    if (codeOf(stats) !== 'ENOENT') return { error: describe(stats) };
    const isLink = await readlink(path).then(
      () => true,
      () => false,
    );
    return isLink ? { error: 'a link to a file that does not exist' } : undefined;
  }
  if (!stats.isFile()) return stats.isDirectory() ? undefined : { error: 'not a file' };
  if (stats.size > MAX_FILE_BYTES) return { error: `larger than ${MAX_FILE_BYTES} bytes` };
  const { ino, size, mtimeNs, ctimeNs } = stats;
  return {
    stamp: [ino, size, mtimeNs, ctimeNs].join(' '),
    changedAtMs: Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n),
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
