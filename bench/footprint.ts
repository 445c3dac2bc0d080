import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SERVICES, type Footprint } from './resting-manager.ts';
import type { Table } from './table.ts';

const PROGRAM = fileURLToPath(new URL('resting-manager.ts', import.meta.url));
const ECHO = fileURLToPath(new URL('../templates/echo/server.ts', import.meta.url));
const DEFAULT_EVERY_S = 60;

/** What a manager of many services costs while nothing happens: memory and CPU. */
export async function measureFootprint(): Promise<readonly Table[]> {
  const echo = spawn(process.execPath, [ECHO], {
    env: { PATH: process.env['PATH'], PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = (await firstLine(echo)).replace('listening on ', '');
    return [toTable(await rest([]), await rest([url]))];
  } finally {
    await end(echo);
  }
}

/** A process of its own, so that the figures are of a manager alone. */
async function rest(args: readonly string[]): Promise<Footprint> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const line = await firstLine(child);
  await ended;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program answers
  return JSON.parse(line) as Footprint;
}

function toTable(still: Footprint, probed: Footprint): Table {
  const perProbeMs = (probed.cpuShare - still.cpuShare) * (probed.windowMs / probed.probes);
  const probing = still.cpuShare + (perProbeMs / 1_000) * (SERVICES / DEFAULT_EVERY_S);
  return {
    title: 'Memory and idle CPU',
    notes: [
      `${SERVICES} running services, memory runtime, a process of its own that watched for ${still.windowMs / 1_000} s after the start (one resync in it). ` +
        `With probes: the real prober against the echo server over HTTP, probed more often than by default (${probed.probes} probes) and reckoned back to one every ${DEFAULT_EVERY_S} s for each service: ${perProbeMs.toFixed(2)} ms of CPU each. ` +
        'RSS is that at the end; its peak lies in the first start of the whole fleet. Targets: RSS < 250 MB, idle CPU < 1 % of a core, with probes < 5 %.',
    ],
    columns: [
      'manager',
      'RSS MB',
      'peak RSS MB',
      'heap used MB',
      'CPU % of a core',
      'longest block ms',
    ],
    rows: [
      ['without probes', ...toCells(still, still.cpuShare)],
      ['with probes', ...toCells(probed, probing)],
    ],
  };
}

function toCells(
  { rssBytes, peakBytes, heapBytes, blockMs }: Footprint,
  cpuShare: number,
): string[] {
  return [
    toMegabytes(rssBytes),
    toMegabytes(peakBytes),
    toMegabytes(heapBytes),
    (cpuShare * 100).toFixed(2),
    blockMs.toFixed(1),
  ];
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no output is piped');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('it ended without a word');
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
