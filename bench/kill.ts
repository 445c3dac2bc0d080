import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openProber } from '../src/adapters/mcp/prober.ts';
import type { Manager } from '../src/cli/host.ts';
import { readConfig } from '../src/config.ts';
import type { Prober } from '../src/ports.ts';
import { openManager } from '../src/wire.ts';
import { SILENT } from './fleet.ts';
import { untilHandshake } from './first-handshake.ts';
import { withFolder } from './folder.ts';
import { spreadOf } from './measure.ts';
import { formatMs, formatSpread, type Table } from './table.ts';
import { untilVerified } from './until-verified.ts';
import { findFreePort } from '../test/helpers/free-port.ts';

/** One kill each: a second one soon after would be backed off, as it should. */
const SERVICES = 8;
const REST_MS = 500;
const MOST_WAIT_MS = 60_000;
const MANAGER_ID = `bench-${process.pid}`;
const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url));
const PROGRAM = 'echo/server.ts';

/** From SIGKILL of a running service to its next verification, by a whole manager with real processes. */
export async function measureKills(): Promise<readonly Table[]> {
  const { managed, bare } = await withFolder(measureBoth);
  const [whole, alone] = [spreadOf(managed), spreadOf(bare)];
  const target = 1.2 * alone.median + 100;
  return [
    {
      title: 'Killed to verified again',
      notes: [
        `Process runtime, the echo server of the templates; ${SERVICES} kills, each of another service (least–most). ` +
          'Bare: spawn of the same program until its first successful handshake and `tools/list`, by the same prober. ' +
          'Target: ≤ 1.2 × bare + 100 ms.',
      ],
      columns: ['kill to verified ms', 'bare ms', 'ratio', 'target ms'],
      rows: [
        [
          formatSpread(whole),
          formatSpread(alone),
          (whole.median / alone.median).toFixed(2),
          formatMs(target),
        ],
      ],
    },
  ];
}

async function measureBoth(folder: string) {
  await using manager = await openBenchManager(folder);
  const ending = new AbortController();
  const running = manager.run(ending.signal);
  const prober = openProber();
  const managed: number[] = [];
  const bare: number[] = [];
  try {
    await untilRunning(manager);
    for (let index = 0; index < SERVICES; index += 1) {
      await sleep(REST_MS);
      bare.push(await startBare(prober));
      await sleep(REST_MS);
      managed.push(await kill(manager, `echo-${index}`));
    }
  } finally {
    await prober.close();
    ending.abort();
    await running;
  }
  return { managed, bare };
}

async function openBenchManager(folder: string): Promise<Manager> {
  const desired = join(folder, 'desired');
  await mkdir(desired);
  const names = Array.from({ length: SERVICES }, (_, index) => `echo-${index}`);
  const services = names.map((name) => `  ${name}: {template: echo}\n`).join('');
  await writeFile(
    join(desired, 'fleet.yaml'),
    `apiVersion: mcp-manager/v1\nservices:\n${services}`,
  );
  const environment = {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    DESIRED_DIR: desired,
    STATE_DIR: join(folder, 'state'),
    MANAGER_ID,
    BACKEND_ENVIRONMENT: 'process',
    ROUTER: 'none',
  };
  const config = readConfig({
    environment,
    flags: {},
    workingFolder: folder,
    packageTemplatesFolder: TEMPLATES,
    packageTraefikFolder: '',
  });
  return openManager(config, SILENT, { mode: 'auto', signal: new AbortController().signal });
}

async function untilRunning({ control }: Manager): Promise<void> {
  const endMs = performance.now() + MOST_WAIT_MS;
  while (performance.now() < endMs) {
    const { services } = await control.status();
    if (services.filter(({ state }) => state === 'Running').length === SERVICES) return;
    await sleep(50);
  }
  throw new Error(`the services do not run: ${JSON.stringify(await control.status())}`);
}

async function kill({ control }: Manager, service: string): Promise<number> {
  const pid = await findProgram(service);
  const verified = untilVerified(control, service);
  const startMs = performance.now();
  process.kill(pid, 'SIGKILL');
  return (await verified) - startMs;
}

/** The program of a service, found by what the process runtime marks it with. */
async function findProgram(service: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [environment, command] = await Promise.all([read(pid, 'environ'), read(pid, 'cmdline')]);
    const marked = environment.includes(`MCP_MANAGER_INSTANCE=${MANAGER_ID}/mcp-${service}-`);
    if (marked && command.endsWith(`${PROGRAM}\0`)) return Number(pid);
  }
  throw new Error(`no program of ${service} is found`);
}

function read(pid: string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}

/** The same program without a manager: spawn, then ask until it answers. */
async function startBare(prober: Prober): Promise<number> {
  const port = await findFreePort();
  const startMs = performance.now();
  const child = spawn(process.execPath, [PROGRAM], {
    cwd: TEMPLATES,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], PORT: String(port) },
  });
  try {
    await untilHandshake(prober, `http://127.0.0.1:${port}`);
    return performance.now() - startMs;
  } finally {
    await end(child);
  }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
