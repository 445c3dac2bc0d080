import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { clearEngine, environmentOf, runPodman } from './clear-engine.ts';
import { clearSubnet } from './clear-subnet.ts';
import { eventually } from './eventually.ts';
import { prepareImageStore } from './image-store.ts';
import { reclaimSubnets, takeSubnet } from './subnet.ts';

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

export interface EngineOptions {
  /**
   * Where references that begin so are pulled from, by plain HTTP: `{ 'docker.io': '127.0.0.1:5000' }`.
   * The places themselves are known as well; docker.io is not to be had unless it is named.
   */
  readonly registries?: Readonly<Record<string, string>>;
}

/**
 * Starts an engine that has the images of `prepareImageStore`. At the end given (`afterAll` for a whole
 * file) everything of it is removed, and its networks with it; that of a test that was killed before its
 * end is removed by the next start.
 */
export async function startEngine(
  atEnd: (end: () => Promise<void>) => void = onTestFinished,
  { registries = {} }: EngineOptions = {},
): Promise<Engine> {
  const store = await prepareImageStore();
  await reclaimSubnets(clearEngine);
  // Short: the path of a unix socket has at most 107 bytes.
  const folder = await mkdtemp(join(tmpdir(), 'eng-'));
  const subnet = await takeSubnet(folder);
  await clearSubnet(subnet.number);
  atEnd(async () => {
    await clearEngine(folder);
    await clearSubnet(subnet.number);
    subnet.giveBack();
  });
  writeSettings({ folder, store, subnet: subnet.number });
  writeFileSync(join(folder, 'registries.conf'), formatRegistries(registries));
  const environment = environmentOf(folder);
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
    // As a daemon does: a Dockerfile where it starts would be taken for that of whatever is built.
    service = spawn('podman', args, { cwd: folder, env: environment, stdio: 'ignore' });
    await eventually(() => ping(socket));
  }
  const podman = (...args: readonly string[]): Promise<string> => runPodman(folder, args);

  await start();
  return { socket, folder, environment, podman, kill, start };
}

interface EngineSettings {
  readonly folder: string;
  readonly store: string;
  readonly subnet: number;
}

function writeSettings({ folder, store, subnet }: EngineSettings): void {
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
}

/** The text of a `registries.conf`: see EngineOptions. */
export function formatRegistries(registries: Readonly<Record<string, string>>): string {
  const places = Object.values(registries).map((place) => [place, place] as const);
  const all = new Map([...Object.entries(registries), ...places]);
  const found = [...all].map(
    ([prefix, location]) => `[[registry]]
prefix="${prefix}"
location="${location}"
insecure=true
`,
  );
  const blocked = '[[registry]]\nprefix="docker.io"\nlocation="docker.io"\nblocked=true\n';
  return [...found, ...('docker.io' in registries ? [] : [blocked])].join('');
}

async function ping(socketPath: string): Promise<void> {
  const call = request({ socketPath, path: '/_ping' });
  call.end();
  const [response] = await once(call, 'response');
  response.resume();
  if (response.statusCode !== 200) throw new Error(`the engine answers ${response.statusCode}`);
}
