import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { findDoubt } from './find-doubt.ts';

/** Another file that Traefik reads from the same folder. */
export interface ForeignFile {
  /** Relative to the folder. */
  readonly name: string;
  /** When its content or its name last changed, as the file system says. */
  readonly changedMs: number;
  /** Why Traefik cannot read it. */
  readonly mistake?: string;
  /** What it may refuse in it. */
  readonly doubt?: string;
}

/** Reads a text as YAML, or says why it cannot be read. */
export type ReadYaml = (text: string) => { readonly value: unknown } | { readonly mistake: string };

export interface FolderReaderOptions {
  readonly folder: string;
  /** Our own file. */
  readonly file: string;
  readonly readYaml: ReadYaml;
}

const READ_BY_TRAEFIK = /\.(?:ya?ml|toml)$/;
/** More files, or larger ones, are Traefik's own affair. */
const MOST_FILES = 500;
const LARGEST_BYTES = 1024 * 1024;

interface Known {
  readonly stamp: string;
  readonly found: ForeignFile;
}

/** Looks at the foreign files of the folder; one that did not change since is not read again. Never throws. */
export function createFolderReader(
  options: FolderReaderOptions,
): () => Promise<readonly ForeignFile[]> {
  let known: ReadonlyMap<string, Known> = new Map();
  return async () => {
    const looked = new Map<string, Known>();
    for (const entry of await listEntries(options)) {
      const path = join(entry.parentPath, entry.name);
      const look = await lookAt(path, entry, { ...options, before: known.get(path) });
      if (look) looked.set(path, look);
    }
    known = looked;
    return [...looked.values()].map(({ found }) => found);
  };
}

async function listEntries({ folder, file }: FolderReaderOptions): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .filter(({ name }) => READ_BY_TRAEFIK.test(name))
    .filter(({ parentPath, name }) => join(parentPath, name) !== file)
    .slice(0, MOST_FILES);
}

interface LookOptions extends FolderReaderOptions {
  readonly before: Known | undefined;
}

async function lookAt(
  path: string,
  entry: Dirent,
  options: LookOptions,
): Promise<Known | undefined> {
  const { folder, before } = options;
  const name = relative(folder, path);
  try {
    const seen = await stat(path);
    // A link can lead to anything, also to what would never end.
    if (!seen.isFile()) return unread(before, { name, doubt: 'is no file' });
    const { ctimeMs, size, ino } = seen;
    const stamp = [ctimeMs, size, ino].join(' ');
    if (before?.stamp === stamp) return before;
    const text = size > LARGEST_BYTES ? '' : await readFile(path, 'utf8');
    return { stamp, found: { name, changedMs: ctimeMs, ...judge(path, text, options.readYaml) } };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const words = `cannot be read (${code})`;
    // Whoever may not read it here can be another user than Traefik.
    if (code !== 'ENOENT') return unread(before, { name, doubt: words });
    // Removed in this moment; a link that leads nowhere stays.
    return entry.isSymbolicLink() ? unread(before, { name, mistake: words }) : undefined;
  }
}

function unread(before: Known | undefined, found: Omit<ForeignFile, 'changedMs'>): Known {
  return { stamp: '', found: { ...found, changedMs: before?.found.changedMs ?? Date.now() } };
}

/** A template becomes YAML only in Traefik, and TOML is not read here. */
function judge(
  path: string,
  text: string,
  readYaml: ReadYaml,
): Pick<ForeignFile, 'mistake' | 'doubt'> {
  if (text.includes('{{')) return { doubt: 'it is a template' };
  if (path.endsWith('.toml')) return {};
  const read = readYaml(text);
  if ('mistake' in read) return read;
  const doubt = findDoubt(read.value);
  return doubt === undefined ? {} : { doubt };
}
