import { lstat, mkdir, readFile, realpath, unlink } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, sep } from 'node:path';
import { syncFolder, writeFileAtomically } from '../../atomic-file.ts';
import { AppError } from '../../errors.ts';
import { LOCK_FILE } from '../../model/tool-lock.ts';
import type { Documents } from '../../ports.ts';
import { codeOf, describe } from './list.ts';

/** The port's `write` for one folder: one write at a time, each compared with what is on disk. */
export function createWriter(options: WriterOptions): Documents['write'] {
  let last: Promise<unknown> = Promise.resolve();
  return (file, expected, text) => {
    const write = async (): Promise<void> => {
      await writeDocument({ ...options, file, expected, text });
    };
    const mine = last.then(write, write);
    last = mine;
    return mine;
  };
}

export interface WriterOptions {
  readonly folder: string;
  /** What lies in it, in one word. */
  readonly what: 'document' | 'template';
  /** Whether a relative path of plain names is one. */
  readonly isPlace: (file: string) => boolean;
  /** Rejects where another folder has taken the place of this one. */
  readonly requireSame?: () => Promise<void>;
}

export function isDocument(file: string): boolean {
  const isLock = /\.lock\.ya?ml$/.test(file);
  return file === LOCK_FILE || (['.yaml', '.yml'].includes(extname(file)) && !isLock);
}

/** Templates lie in no folders below theirs. */
export function isTemplate(file: string): boolean {
  return extname(file) === '.json' && !file.includes('/');
}

interface Write extends WriterOptions {
  readonly file: string;
  readonly expected: string | undefined;
  readonly text: string | undefined;
}

async function writeDocument(write: Write): Promise<void> {
  const { folder, file, expected, text, what } = write;
  const path = join(folder, checkName(write));
  try {
    await checkPlace(write, path);
    const current = await readCurrent(path);
    if (current?.text !== expected) throw changed(file, expected, current?.text);
    if (text === current?.text) return;
    if (text === undefined) {
      await unlink(path);
      await syncFolder(dirname(path));
      return;
    }
    await writeFileAtomically(path, text, current && { mode: current.mode });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('STATE_UNWRITABLE', `${file} cannot be written: ${reasonOf(error)}`, {
      cause: error,
      hint: `the manager needs the right to write in the ${what}s folder, and room on its disk`,
    });
  }
}

/** Without the path that the system adds: who asks by the API has no business with folders of this machine. */
function reasonOf(error: unknown): string {
  return describe(error).replace(/, \w+ '.*$/, '');
}

/** A relative path of plain names. Throws REFUSED. */
function checkName({ file, what, isPlace }: Write): string {
  const parts = file.split('/');
  const isPlain = parts.every((part) => /^[^.\\\0][^\\\0]*$/.test(part));
  if (isPlain && isPlace(file) && !isAbsolute(file)) return file;
  const ending = what === 'document' ? '.yaml' : '.json';
  throw new AppError('REFUSED', `"${file}" is no place for a ${what}`, {
    hint: `a relative path that ends in ${ending}`,
  });
}

/** Refuses to leave the folder over a link, then makes the folder below where needed. */
async function checkPlace(write: Write, path: string): Promise<void> {
  const { folder, file, what, text, requireSame } = write;
  const [root, parent] = await Promise.all([realpath(folder), realParent(path)]);
  if (parent !== root && !parent.startsWith(`${root}${sep}`)) {
    const why = `its folder is a link that leads out of the ${what}s folder`;
    throw new AppError('STATE_UNWRITABLE', `${file} cannot be written: ${why}`, {
      hint: 'put a folder there in place of the link',
    });
  }
  await requireSame?.();
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isSymbolicLink() === true) {
    throw new AppError('REFUSED', `${file} is a link`, { hint: 'edit the file that it names' });
  }
  if (text === undefined) return;
  const made = await mkdir(dirname(path), { recursive: true });
  if (made !== undefined) await syncFolder(dirname(made));
}

/** Where the nearest folder above that exists really lies. */
async function realParent(path: string): Promise<string> {
  const parent = dirname(path);
  try {
    return await realpath(parent);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || parent === path) throw error;
    return realParent(parent);
  }
}

interface Current {
  readonly text: string;
  readonly mode: number;
}

async function readCurrent(path: string): Promise<Current | undefined> {
  try {
    const [text, stats] = await Promise.all([readFile(path, 'utf8'), lstat(path)]);
    return { text, mode: stats.mode & 0o777 };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function changed(file: string, expected: string | undefined, found: string | undefined): AppError {
  const what =
    found === undefined ? 'is gone' : expected === undefined ? 'is there already' : 'was changed';
  return new AppError('DOCUMENT_CHANGED', `${file} ${what} meanwhile`, { hint: 'read it again' });
}
