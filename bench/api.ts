import { once } from 'node:events';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openRedisBroker } from '../src/adapters/redis/broker.ts';
import { createApp } from '../src/http/app.ts';
import { listenOnPort } from '../src/http/listen.ts';
import type { DesiredService } from '../src/model/service.ts';
import type { Broker } from '../src/ports.ts';
import type { Arrival, ClientOptions, ClientReport } from './api-client.ts';
import { createGround, type Fleet, makeServices, SILENT, startFleet, untilAll } from './fleet.ts';
import { withFolder } from './folder.ts';
import { measure } from './measure.ts';
import { startRedis } from './redis-server.ts';
import { formatMs, type Table } from './table.ts';

const SERVICES = 1_000;
const CHANGED = 100;
const STREAM = '{bench}:events';
/** Long enough for some thousand requests on both sides of the change. */
const CLIENT_MS = 15_000;
const CHANGE_AFTER_MS = 5_000;
const CLIENT = fileURLToPath(new URL('api-client.ts', import.meta.url));

/** Reads under load while a change is applied, and how long events take to whoever follows. */
export async function measureApi(): Promise<readonly Table[]> {
  return withFolder(async (folder) => {
    const redis = await startRedis(folder);
    const broker = redis && openRedisBroker({ url: redis.url, stream: STREAM, log: SILENT });
    try {
      return [await measureFleet(folder, broker, redis?.url)];
    } finally {
      await broker?.close();
      await redis?.stop();
    }
  });
}

async function measureFleet(
  folder: string,
  broker: Broker | undefined,
  redisUrl: string | undefined,
): Promise<Table> {
  const commits = createCommitTimes();
  const ground = createGround(folder, commits.committed);
  const fleet = startFleet({ ground, ...(broker && { broker }) });
  const control = { ...fleet.control, ...NOT_ASKED };
  const guard = { allowedHosts: [], corsOrigins: [] };
  const app = createApp({ control, log: SILENT, version: '0', guard });
  try {
    const services = makeServices(SERVICES);
    fleet.want(services);
    await untilAll(fleet, SERVICES);
    const url = await listenOnPort(app, { host: '127.0.0.1', port: 0 });
    const redis = redisUrl === undefined ? {} : { redis: { url: redisUrl, stream: STREAM } };
    const report = runClient({ url, forMs: CLIENT_MS, ...redis });
    const { blockMs } = await measure(() => Promise.all([report, change(fleet, services)]));
    return toTable(await report, blockMs, commits.lags);
  } finally {
    await app.close();
    await fleet.stop();
    ground.store.close();
  }
}

/** When the commit of each event ended, and how much later each arrived. */
function createCommitTimes() {
  const endedMs = new Map<number, number>();
  let known = 0;
  return {
    committed(lastNumber: number): void {
      const nowMs = performance.timeOrigin + performance.now();
      for (; known < lastNumber; known += 1) endedMs.set(known + 1, nowMs);
    },
    /** Not below zero: clocks of two processes differ by some hundredths of a millisecond. */
    lags: (arrivals: readonly Arrival[]): readonly number[] =>
      arrivals.map(([number, atMs]) => Math.max(0, atMs - (endedMs.get(number) ?? Number.NaN))),
  };
}

function unasked(): never {
  throw new Error('that is not asked for here');
}

const NOT_ASKED = {
  drift: unasked,
  templates: unasked,
  template: unasked,
  writeTemplate: unasked,
  renderTemplate: unasked,
};

/** A tenth of the fleet gets another environment while the client reads. */
async function change(fleet: Fleet, services: readonly DesiredService[]): Promise<void> {
  // As the loader of documents does it: what is the same stays the same object.
  const wanted = [...makeServices(CHANGED, 'debug'), ...services.slice(CHANGED)];
  await new Promise((resolve) => {
    setTimeout(resolve, CHANGE_AFTER_MS);
  });
  fleet.want(wanted);
}

/** A process of its own: what it takes is not the manager's. */
function runClient(options: ClientOptions): Promise<ClientReport> {
  const args = [CLIENT, JSON.stringify(options)];
  return readReport(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
}

async function readReport(child: ChildProcess): Promise<ClientReport> {
  if (!child.stdout) throw new Error('no output is piped');
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    await ended;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program answers
    return JSON.parse(line) as ClientReport;
  }
  throw new Error('the client ended without a word');
}

function toTable(
  report: ClientReport,
  blockMs: number,
  lagsOf: (arrivals: readonly Arrival[]) => readonly number[],
): Table {
  const lost = report.failed === 0 ? '' : ` ${report.failed} requests failed.`;
  return {
    title: 'The API under load',
    notes: [
      `${SERVICES} services, memory runtime, store on the disk. A client in a process of its own reads 200 times a second for ${CLIENT_MS / 1_000} s ` +
        `(nine single services to one list of all), and follows the events as NDJSON and SSE; meanwhile ${CHANGED} services are changed.${lost} ` +
        `The event loop of the manager, which also serves, was blocked for at most ${formatMs(blockMs)} ms (target: 50 ms).`,
      'Events: from the end of their commit until the follower, in the process of the client, has read them.',
    ],
    columns: ['what', 'count', 'p50 ms', 'p95 ms', 'p99 ms', 'most ms', 'target'],
    rows: [
      row('reads of one service', report.oneMs, 'p99 < 20 ms'),
      row('reads of all services', report.allMs, 'p99 < 20 ms'),
      row('event to a client, NDJSON', lagsOf(report.ndjson), 'p50 < 20 ms'),
      row('event to a client, SSE', lagsOf(report.sse), 'p50 < 20 ms'),
      row('event to Redis', lagsOf(report.redis), 'p50 < 20 ms'),
    ],
  };
}

function row(what: string, values: readonly number[], target: string): string[] {
  const parts = [0.5, 0.95, 0.99, 1].map((part) => formatMs(quantileOf(values, part)));
  return [what, String(values.length), ...parts, target];
}

function quantileOf(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
