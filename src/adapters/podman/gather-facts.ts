import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EngineFacts, EngineInfo, EngineProgram } from '../../model/engine.ts';
import { readInfo, toInfo } from './read-info.ts';

const PROGRAMS = [
  'podman',
  'runc',
  'netavark',
  'aardvark-dns',
  'catatonit',
  'newuidmap',
  'slirp4netns',
  'pasta',
] as const satisfies readonly EngineProgram[];

/** Where Podman looks for programs of its own; the others lie in PATH. */
const HELPER_FOLDERS = [
  '/usr/local/libexec/podman',
  '/usr/local/lib/podman',
  '/usr/libexec/podman',
  '/usr/lib/podman',
];
/** Not in the PATH of every user. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/** `info` of a busy engine takes seconds; longer than this is an answer too. */
const INFO_MS = 15_000;

export interface GatherOptions {
  /** Of an engine that answers; without it the `podman` command is asked. */
  readonly socket?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Looks at the machine, and asks the engine once. Changes nothing; never rejects for what is missing. */
export async function gatherEngineFacts(options: GatherOptions): Promise<EngineFacts> {
  const { uid, username } = userInfo();
  const programs = await findPrograms(options.environment['PATH'] ?? '');
  const [answer, hasSystemd, hasSubordinateIds, tunDevice, hybridControllers] = await Promise.all([
    askInfo(options, programs),
    exists('/run/systemd/system'),
    findSubordinateIds(uid, username),
    lookAtTun(),
    readHybridControllers(),
  ]);
  const freeBytes = await readFreeBytes(answer.info);
  return {
    userId: uid,
    userName: username,
    ...answer,
    programs,
    hasSystemd,
    hasSubordinateIds,
    tunDevice,
    hybridControllers,
    ...(freeBytes !== undefined && { freeBytes }),
  };
}

async function findPrograms(path: string): Promise<ReadonlySet<EngineProgram>> {
  const folders = [...path.split(':').filter(Boolean), ...SYSTEM_FOLDERS, ...HELPER_FOLDERS];
  const found = await Promise.all(
    PROGRAMS.map(async (name) => {
      const places = await Promise.all(folders.map((folder) => exists(join(folder, name))));
      return places.includes(true) ? [name] : [];
    }),
  );
  return new Set(found.flat());
}

type InfoAnswer = Pick<EngineFacts, 'info' | 'infoFailure'>;

async function askInfo(
  { socket, environment }: GatherOptions,
  programs: ReadonlySet<EngineProgram>,
): Promise<InfoAnswer> {
  try {
    if (socket !== undefined) return { info: await readInfo(socket, INFO_MS) };
    if (!programs.has('podman')) return {};
    return { info: await askCommand(environment) };
  } catch (error) {
    return { infoFailure: lastLine(error) };
  }
}

async function askCommand(environment: GatherOptions['environment']): Promise<EngineInfo> {
  const run = promisify(execFile);
  // With it the command would ask that socket, and nobody serves it.
  const { CONTAINER_HOST: _host, ...env } = environment;
  const options = { env, timeout: INFO_MS, killSignal: 'SIGKILL' } as const;
  const { stdout } = await run('podman', ['info', '--format', 'json'], options);
  return toInfo(JSON.parse(stdout));
}

/** A failed command says why at the end of what it printed. */
function lastLine(error: unknown): string {
  const printed = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const said = printed === '' && error instanceof Error ? error.message : printed;
  return said.split('\n').at(-1) ?? '';
}

async function findSubordinateIds(userId: number, userName: string): Promise<boolean> {
  const files = await Promise.all(['/etc/subuid', '/etc/subgid'].map((file) => readText(file)));
  return files.every((text) =>
    text.split('\n').some((line) => [userName, String(userId)].includes(line.split(':')[0] ?? '')),
  );
}

const TUN = '/dev/net/tun';

async function lookAtTun(): Promise<EngineFacts['tunDevice']> {
  if (!(await exists(TUN))) return 'missing';
  return access(TUN, constants.R_OK | constants.W_OK).then(
    () => 'usable',
    () => 'closed',
  );
}

/** Only where v2 is mounted beside v1; with v2 alone the folder is not there. */
async function readHybridControllers(): Promise<readonly string[]> {
  const text = await readText('/sys/fs/cgroup/unified/cgroup.controllers');
  return text.split(/\s+/).filter(Boolean);
}

async function readFreeBytes(info: EngineInfo | undefined): Promise<number | undefined> {
  if (info === undefined) return undefined;
  // The folder of another user, or not made before the first image.
  const found = await statfs(info.storageFolder).catch(() => undefined);
  return found && found.bavail * found.bsize;
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
