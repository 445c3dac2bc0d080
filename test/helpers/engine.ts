import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import { prepareImageStore } from './image-store.ts';

const run = promisify(execFile);

/** A real Podman engine of this test's own: its own storage, networks and socket. */
export interface Engine {
  /** Path of its API socket; the same after `start`. */
  readonly socket: string;
  readonly folder: string;
  /** With these variables any `podman` command means this engine. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a `podman` command and answers what it printed; rejects when it fails. */
  podman(...args: readonly string[]): Promise<string>;
  /** Ends the API service by force; containers go on. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/**
 * Starts an engine that has the images of `prepareImageStore`. At the end given (`afterAll` for a whole
 * file) everything of it is removed, and its networks with it.
 */
export async function startEngine(
  atEnd: (end: () => Promise<void>) => void = onTestFinished,
): Promise<Engine> {
  const store = await prepareImageStore();
  // Short: the path of a unix socket has at most 107 bytes.
  const folder = await mkdtemp(join(tmpdir(), 'eng-'));
  const subnet = takeSubnet(folder);
  const environment = writeSettings({ folder, store, subnet });
  const socket = join(folder, 'podman.sock');
  let service: ChildProcess | undefined;

  async function kill(): Promise<void> {
    if (service === undefined || service.exitCode !== null || service.signalCode !== null) return;
    const closed = once(service, 'exit');
    service.kill('SIGKILL');
    await closed;
  }
  async function start(): Promise<void> {
    rmSync(socket, { force: true });
    const args = ['system', 'service', '--time=0', `unix://${socket}`];
    service = spawn('podman', args, { env: environment, stdio: 'ignore' });
    await eventually(() => ping(socket));
  }
  const podman = async (...args: readonly string[]): Promise<string> =>
    (await run('podman', args, { env: environment, maxBuffer: 64 * 1024 * 1024 })).stdout.trim();

  atEnd(async () => {
    await podman('rm', '--all', '--force', '--time', '0');
    await podman('network', 'prune', '--force');
    await kill();
    // What an ended container still cleans up runs on its own for a moment.
    await eventually(() => requireIdle(folder));
    await rm(folder, { recursive: true, force: true });
    giveSubnetBack(subnet);
  });
  await start();
  return { socket, folder, environment, podman, kill, start };
}

interface EngineSettings {
  readonly folder: string;
  readonly store: string;
  readonly subnet: number;
}

function writeSettings({ folder, store, subnet }: EngineSettings): Record<string, string> {
  const containers = join(folder, 'containers.conf');
  const storage = join(folder, 'storage.conf');
  writeFileSync(
    containers,
    `[containers]
default_ulimits=["nofile=20000:20000","nproc=4096:4096"]
[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
exit_command_delay=5
tmp_dir="${join(folder, 'tmp')}"
[network]
network_backend="netavark"
network_config_dir="${join(folder, 'networks')}"
default_subnet="10.${subnet}.0.0/24"
default_subnet_pools=[{"base"="10.${subnet}.128.0/17","size"=27}]
`,
  );
  writeFileSync(
    storage,
    `[storage]
driver="overlay"
runroot="${join(folder, 'run')}"
graphroot="${join(folder, 'root')}"
[storage.options]
additionalimagestores=["${store}"]
`,
  );
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    CONTAINERS_CONF: containers,
    CONTAINERS_STORAGE_CONF: storage,
  };
}

async function ping(socketPath: string): Promise<void> {
  const call = request({ socketPath, path: '/_ping' });
  call.end();
  const [response] = await once(call, 'response');
  response.resume();
  if (response.statusCode !== 200) throw new Error(`the engine answers ${response.statusCode}`);
}

/** No process of this engine, and nothing of it mounted. */
async function requireIdle(folder: string): Promise<void> {
  const { stdout } = await run('pgrep', ['-f', folder]).catch(() => ({ stdout: '' }));
  if (stdout !== '') throw new Error(`processes of ${folder} are left: ${stdout}`);
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  for (const [, place = ''] of mounts.map((line) => line.split(' '))) {
    if (place.startsWith(folder)) await run('umount', ['--lazy', place]);
  }
}

const FIRST_SUBNET = 130;
const LAST_SUBNET = 250;

/** Engines do not see each other's networks: each gets a `10.N.0.0/16` that no other test has. */
function takeSubnet(owner: string): number {
  for (let subnet = FIRST_SUBNET; subnet <= LAST_SUBNET; subnet += 1) {
    try {
      mkdirSync(lockOf(subnet), { recursive: false });
      return subnet;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
  throw new Error(`no subnet is free for ${owner}: remove ${lockOf(0)} and its like`);
}

function giveSubnetBack(subnet: number): void {
  rmdirSync(lockOf(subnet));
}

/** Not in the temporary folder of a run: several runs share the machine's addresses. */
function lockOf(subnet: number): string {
  return `/tmp/mcp-manager-subnet-${subnet}`;
}
