import { availableParallelism } from 'node:os';
import Docker from 'dockerode';
import { openProber } from '../../src/adapters/mcp/prober.ts';
import type { Engine } from '../../test/helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../test/helpers/image-store.ts';
import { untilHandshake } from '../first-handshake.ts';
import { hearOfEnd } from './hear-of-end.ts';

/** As the manager bounds its own calls. */
const PARALLEL = 2 * availableParallelism();
const PORT = 8000;
const STOP_S = 2;

/** How long a fleet took for each of its moves. */
export interface FleetTimes {
  readonly upMs: number;
  /** Until all were verified; absent where nobody verifies. */
  readonly verifiedMs?: number;
  readonly unchangedMs: number;
  readonly changedMs: number;
  readonly downMs: number;
}

/** The calls that a fleet needs, by dockerode and nothing else; once more with the first handshake of each. */
export async function measureBareFleet(engine: Engine, count: number): Promise<FleetTimes> {
  const docker = new Docker({ socketPath: engine.socket });
  const names = Array.from({ length: count }, (_, index) => `bare-${index}`);
  const verifiedMs = await timed(() => upAndVerified(docker, names));
  await inParallel(names, (name) => down(docker, name));
  const upMs = await timed(() => inParallel(names, (name) => up(docker, name)));
  const unchangedMs = await timed(() => docker.listContainers({ all: true }));
  const changedMs = await timed(async () => {
    const [first = ''] = names;
    await create(docker, `${first}-changed`, `net-${first}`);
    await docker.getContainer(first).stop({ t: STOP_S });
    await docker.getContainer(`${first}-changed`).start();
    await firstHandshake(docker, `${first}-changed`);
    await docker.getContainer(first).remove();
    await docker.getContainer(`${first}-changed`).rename({ name: first });
  });
  const downMs = await timed(() => inParallel(names, (name) => down(docker, name)));
  return { upMs, verifiedMs, unchangedMs, changedMs, downMs };
}

/** Nobody waits for a handshake before the next is started. */
async function upAndVerified(docker: Docker, names: readonly string[]): Promise<void> {
  const handshakes: Promise<void>[] = [];
  await inParallel(names, async (name) => {
    await up(docker, name);
    handshakes.push(firstHandshake(docker, name));
  });
  await Promise.all(handshakes);
}

/** Milliseconds of one container that is made, and killed once. */
export interface BareStart {
  /** Create, start and first handshake. */
  readonly madeMs: number;
  /** From the engine's word of its end: start and first handshake. */
  readonly againMs: number;
}

/** One container at a time. */
export async function measureBareStarts(
  engine: Engine,
  count: number,
): Promise<readonly BareStart[]> {
  const docker = new Docker({ socketPath: engine.socket });
  const starts: BareStart[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `start-${index}`;
    await docker.createNetwork(toNetwork(name));
    const madeMs = await timed(async () => {
      await create(docker, name, `net-${name}`);
      await startAndGreet(docker, name);
    });
    const told = await hearOfEnd(engine.socket, name);
    process.kill((await docker.getContainer(name).inspect()).State.Pid, 'SIGKILL');
    await told();
    starts.push({ madeMs, againMs: await timed(() => startAndGreet(docker, name)) });
    await down(docker, name);
  }
  return starts;
}

async function startAndGreet(docker: Docker, name: string): Promise<void> {
  await docker.getContainer(name).start();
  await firstHandshake(docker, name);
}

async function up(docker: Docker, name: string): Promise<void> {
  await docker.createNetwork(toNetwork(name));
  await create(docker, name, `net-${name}`);
  await docker.getContainer(name).start();
}

function toNetwork(name: string): Docker.NetworkCreateOptions {
  return { Name: `net-${name}`, Driver: 'bridge', Options: { isolate: 'true' } };
}

/** Hardened as a service is. */
async function create(docker: Docker, name: string, network: string): Promise<void> {
  const port = `${PORT}/tcp`;
  const body: Docker.ContainerCreateOptions = {
    name,
    Image: PROGRAMS_IMAGE,
    Cmd: ['node', '/programs/tiny.mjs'],
    Env: [`PORT=${PORT}`],
    User: '1000',
    ExposedPorts: { [port]: {} },
    HostConfig: {
      NetworkMode: network,
      Init: true,
      Memory: 256 * 1024 ** 2,
      MemorySwap: 256 * 1024 ** 2,
      NanoCpus: 500_000_000,
      PidsLimit: 128,
      CapDrop: ['ALL'],
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,size=64m' },
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'no' },
      PortBindings: { [port]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
    },
  };
  await docker.createContainer(body);
}

async function firstHandshake(docker: Docker, name: string): Promise<void> {
  const { NetworkSettings: settings } = await docker.getContainer(name).inspect();
  const [binding] = settings.Ports[`${PORT}/tcp`] ?? [];
  const prober = openProber();
  try {
    await untilHandshake(prober, `http://127.0.0.1:${binding?.HostPort}`);
  } finally {
    await prober.close();
  }
}

async function down(docker: Docker, name: string): Promise<void> {
  await docker.getContainer(name).stop({ t: STOP_S });
  await docker.getContainer(name).remove();
  await docker.getNetwork(`net-${name}`).remove();
}

async function inParallel(
  names: readonly string[],
  work: (name: string) => Promise<void>,
): Promise<void> {
  const left = names.values();
  const worker = async (): Promise<void> => {
    for (const name of left) await work(name);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

/** Wall-clock milliseconds of the work. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
