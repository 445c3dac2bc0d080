import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Commit } from '../../model/service.ts';

/** A large checkout on a slow disk; without an answer the plan simply names no commit. */
const GIT_DEADLINE_MS = 5_000;
const MAX_OUTPUT_BYTES = 16 * 2 ** 20;

const run = promisify(execFile);

/**
 * Answers the commit of a folder that lies in a Git checkout, and whether the folder differs from it.
 * Asks Git again only when the files' `version` or the repository changed; undefined without Git.
 */
export function createCommitReader(
  folder: string,
): (version: number, signal: AbortSignal) => Promise<Commit | undefined> {
  let last: { readonly key: string; readonly commit: Commit | undefined } | undefined;
  return async (version, signal) => {
    const gitFolder = await findGitFolder(folder);
    if (gitFolder === undefined) return undefined;
    const key = `${version} ${await stampRepository(gitFolder)}`;
    if (last?.key === key) return last.commit;
    const commit = await askGit(folder, signal);
    signal.throwIfAborted();
    last = { key, commit };
    return commit;
  };
}

async function findGitFolder(folder: string): Promise<string | undefined> {
  for (let current = folder; ; current = dirname(current)) {
    const path = join(current, '.git');
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isDirectory() === true) return path;
    if (stats?.isFile() === true) return readPointer(path);
    if (dirname(current) === current) return undefined;
  }
}

/** In a worktree or submodule `.git` is a file that names the folder. */
async function readPointer(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [, target = '.'] = /^gitdir:\s*(.+?)\s*$/m.exec(text) ?? [];
  return resolve(dirname(path), target);
}

/** Changes with every commit, checkout, reset and add. */
async function stampRepository(gitFolder: string): Promise<string> {
  const files = ['HEAD', 'index', 'logs/HEAD', 'packed-refs'];
  const stamps = files.map(async (file) => {
    const stats = await stat(join(gitFolder, file), { bigint: true }).catch(() => undefined);
    return stats ? `${stats.ino}.${stats.size}.${stats.mtimeNs}` : '-';
  });
  return (await Promise.all(stamps)).join(' ');
}

async function askGit(folder: string, signal: AbortSignal): Promise<Commit | undefined> {
  const args = ['--no-optional-locks', '-C', folder, 'status'];
  const format = ['--porcelain=v2', '--branch', '--', '.'];
  try {
    const { stdout } = await run('git', [...args, ...format], {
      signal,
      timeout: GIT_DEADLINE_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return parseStatus(stdout);
  } catch {
    // No Git, no right to ask, no answer in time: the commit is a remark, never a reason to stop.
    return undefined;
  }
}

/** Reads `git status --porcelain=v2 --branch`; undefined before the first commit. */
function parseStatus(output: string): Commit | undefined {
  const [, id] = /^# branch\.oid ([0-9a-f]{40,64})$/m.exec(output) ?? [];
  if (id === undefined) return undefined;
  return { id, dirty: output.split('\n').some((line) => line !== '' && !line.startsWith('#')) };
}
