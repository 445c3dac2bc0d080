import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AppError } from '../../errors.ts';
import type { ArchiveFile } from './archive.ts';

/** All that the bridge needs to run in any image, whatever that image has itself. */
export interface BridgeFiles {
  /** 24 hex digits of the hash of all files: other bytes are another version. */
  readonly version: string;
  /** Of the Node among them, as images name it: `amd64`. */
  readonly architecture: string;
  /** In folders of FOLDERS; a reader fails when the file is not any more what was hashed. */
  readonly files: readonly ArchiveFile[];
  /** What runs the bridge, the paths relative to where the files lie. */
  readonly command: readonly BridgeWord[];
}

/** A file, or a folder, is a path; an option is itself. */
export type BridgeWord = { readonly path: string } | { readonly option: string };

/** Where the files lie in a container. */
export const BRIDGE_FOLDER = '/.mcp';

const LIBRARIES = 'lib';
export const FOLDERS = [LIBRARIES] as const;
const NODE = 'node';
const BRIDGE = 'bridge.mjs';
const BUNDLE = fileURLToPath(new URL('../../programs/bridge/bundle.gen.mjs', import.meta.url));

/** What reads the files once and keeps the answer; a failure is tried again. */
export function createBridgeFilesReader(): () => Promise<BridgeFiles> {
  let known: Promise<BridgeFiles> | undefined;
  return () =>
    (known ??= readBridgeFiles().catch((error: unknown) => {
      known = undefined;
      throw error;
    }));
}

/** The Node that runs the manager, what it loaded to run, and the bridge. Reads 130 MB: 0.2 s. */
async function readBridgeFiles(): Promise<BridgeFiles> {
  const libraries = await listLibraries();
  const sources = [
    ...libraries.map((source) => ({ path: `${LIBRARIES}/${basename(source)}`, source })),
    { path: BRIDGE, source: BUNDLE },
    { path: NODE, source: process.execPath },
  ];
  const files = await Promise.all(sources.map(readFile));
  const contents = files.map(({ path, digest }) => `${path} ${digest}\n`).toSorted();
  const version = createHash('sha256').update(contents.join('')).digest('hex').slice(0, 24);
  const loader = libraries.map((library) => basename(library)).find(isLoader);
  return {
    version,
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    files,
    command: [
      // A Node that is linked statically needs none.
      ...(loader === undefined
        ? []
        : [{ path: `${LIBRARIES}/${loader}` }, { option: '--library-path' }, { path: LIBRARIES }]),
      { path: NODE },
      { path: BRIDGE },
    ],
  };
}

/** Where images have another word than Node. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  ppc64: 'ppc64le',
};

const ASK_MS = 10_000;
const TELL_LIBRARIES = 'JSON.stringify(process.report.getReport().sharedObjects)';

/**
 * Paths of the libraries and of the loader, as the loader found them. A Node of its own is asked: one
 * that runs for long has loaded more since.
 */
async function listLibraries(): Promise<readonly string[]> {
  const told: unknown = JSON.parse(await askForLibraries());
  const paths = Array.isArray(told) ? told.filter((path) => typeof path === 'string') : [];
  // The kernel's own has no file.
  return paths.filter((path) => path.startsWith('/')).toSorted();
}

async function askForLibraries(): Promise<string> {
  const options = { env: {}, timeout: ASK_MS, killSignal: 'SIGKILL' } as const;
  try {
    const run = promisify(execFile);
    return (await run(process.execPath, ['-p', TELL_LIBRARIES], options)).stdout;
  } catch (cause) {
    const message = `${process.execPath} does not tell its libraries.`;
    throw new AppError('PROGRAM_FAILED', message, { cause });
  }
}

/** `ld-linux-x86-64.so.2`, `ld-musl-aarch64.so.1`. */
function isLoader(name: string): boolean {
  return /^ld[-.\d][^/]*so/.test(name);
}

interface Source {
  readonly path: string;
  readonly source: string;
}

async function readFile({ path, source }: Source): Promise<ArchiveFile & { digest: string }> {
  const { size: bytes } = await stat(source);
  const hash = createHash('sha256');
  for await (const chunk of readChunks(source)) hash.update(chunk);
  const digest = hash.digest('hex');
  return { path, bytes, digest, read: () => readAgain(source, digest) };
}

async function* readAgain(source: string, digest: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of readChunks(source)) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') === digest) return;
  throw new AppError('PROGRAM_FAILED', `${source} was replaced while the manager runs.`, {
    hint: 'restart the manager',
  });
}

const CHUNK_BYTES = 1024 * 1024;

async function* readChunks(file: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    if (Buffer.isBuffer(chunk)) yield chunk;
  }
}
