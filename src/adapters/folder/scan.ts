import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SourceFile } from '../../ports.ts';
import {
  codeOf,
  describe,
  type Listed,
  listFiles,
  type Listing,
  type ListOptions,
} from './list.ts';
import { mapBounded } from './map-bounded.ts';

/** All files of interest as they are now. `version` grows whenever anything about them changed. */
export type Scan =
  | { readonly ok: true; readonly files: readonly SourceFile[]; readonly version: number }
  | { readonly ok: false; readonly cause: string; readonly missing: boolean };

/** A swap of a mounted ConfigMap is over in a few milliseconds. */
const SECOND_LOOK_MS = 50;
const READS_AT_ONCE = 32;
/** Within this time of a change, two changes may carry the same time stamp: read again. */
const STAMP_GRAIN_MS = 100;

interface Kept {
  readonly stamp: string;
  readonly certain: boolean;
  readonly file: SourceFile;
}

/** Scans a folder again and again; reads only what changed, and lets a file go only when two looks miss it. */
export function createScanner(options: ListOptions): (signal: AbortSignal) => Promise<Scan> {
  let kept: ReadonlyMap<string, Kept> = new Map();
  let version = 0;

  return async (signal) => {
    const listing = await listTwice(options, kept, signal);
    if (!listing.ok) return listing;
    const names = [...listing.files];
    const next = await mapBounded(names, READS_AT_ONCE, ([name, listed]) =>
      readListed(join(options.folder, name), { name, listed, last: kept.get(name), signal }),
    );
    const isUnchanged =
      next.length === kept.size && next.every(({ file }) => kept.get(file.file)?.file === file);
    if (!isUnchanged) version += 1;
    kept = new Map(next.map((entry) => [entry.file.file, entry]));
    return { ok: true, files: next.map(({ file }) => file), version };
  };
}

/** A file counts as gone only if two looks in a row miss it. */
async function listTwice(
  options: ListOptions,
  kept: ReadonlyMap<string, Kept>,
  signal: AbortSignal,
): Promise<Listing> {
  const first = await listFiles(options);
  const isMissing = !first.ok || [...kept.keys()].some((name) => !first.files.has(name));
  if (kept.size === 0 || !isMissing) return first;
  await pause(SECOND_LOOK_MS, undefined, { signal });
  const second = await listFiles(options);
  if (!first.ok || !second.ok) return second;
  const files = new Map([...first.files, ...second.files]);
  return { ok: true, files: new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

interface Reading {
  readonly name: string;
  readonly listed: Listed;
  readonly last: Kept | undefined;
  readonly signal: AbortSignal;
}

async function readListed(path: string, { name, listed, last, signal }: Reading): Promise<Kept> {
  if ('error' in listed)
    return keep({ file: name, error: listed.error }, '', { last, certain: true });
  const { stamp, changedAtMs } = listed;
  if (last?.stamp === stamp && last.certain) return last;
  const certain = Math.abs(Date.now() - changedAtMs) > STAMP_GRAIN_MS;
  try {
    const text = decode(await readFile(path, { signal }));
    return keep({ file: name, text }, stamp, { last, certain });
  } catch (error) {
    signal.throwIfAborted();
    // It was there at one of two looks: gone only when the next ones miss it too.
    if (codeOf(error) === 'ENOENT' && last) return last;
    return keep({ file: name, error: describe(error) }, '', { last, certain: true });
  }
}

/** The same object for the same content: who compares it next needs no look inside. */
function keep(
  file: SourceFile,
  stamp: string,
  { last, certain }: { readonly last: Kept | undefined; readonly certain: boolean },
): Kept {
  return { stamp, certain, file: last && isSame(last.file, file) ? last.file : file };
}

function isSame(a: SourceFile, b: SourceFile): boolean {
  return 'text' in a ? 'text' in b && a.text === b.text : 'error' in b && a.error === b.error;
}

/** Keeps a byte order mark: what is written back must be what was read. Throws on what is not UTF-8. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
