import { Agent, get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** What a client saw: milliseconds of each read, and when each event came. */
export interface ClientReport {
  readonly oneMs: readonly number[];
  readonly allMs: readonly number[];
  readonly ndjson: readonly Arrival[];
  readonly sse: readonly Arrival[];
  readonly redis: readonly Arrival[];
  readonly failed: number;
}

/** The number of an event, and the time in milliseconds since 1970, with fractions. */
export type Arrival = readonly [number: number, atMs: number];

export interface ClientOptions {
  readonly url: string;
  readonly forMs: number;
  readonly redis?: { readonly url: string; readonly stream: string };
}

/** 200 a second. */
const EVERY_MS = 5;
/** Each tenth read asks for all services. */
const LIST_EVERY = 10;
const NAMES = 1_000;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

if (import.meta.main) {
  console.log(JSON.stringify(await readAndFollow(JSON.parse(process.argv[2] ?? ''))));
  agent.destroy();
}

async function readAndFollow({ url, forMs, redis }: ClientOptions): Promise<ClientReport> {
  const ending = new AbortController();
  const events = `${url}/v1/events?follow=true`;
  const ndjson = await follow(events, 'application/x-ndjson', ending.signal);
  const sse = await follow(events, 'text/event-stream', ending.signal);
  const stored = redis && followRedis(redis);
  const oneMs: number[] = [];
  const allMs: number[] = [];
  const open: Promise<void>[] = [];
  let failed = 0;
  const startMs = performance.now();
  for (let count = 0; count * EVERY_MS < forMs; count += 1) {
    // By the clock, not one after the other: a slow answer delays no later question.
    await sleep(Math.max(0, startMs + count * EVERY_MS - performance.now()));
    const isList = count % LIST_EVERY === 0;
    const name = `service-${String(count % NAMES).padStart(4, '0')}`;
    const path = isList ? '/v1/services' : `/v1/services/${name}`;
    const asked = timeOf(`${url}${path}`).then(
      (ms) => void (isList ? allMs : oneMs).push(ms),
      () => void (failed += 1),
    );
    open.push(asked);
  }
  await Promise.all(open);
  ending.abort();
  return { oneMs, allMs, ndjson, sse, redis: (await stored?.stop()) ?? [], failed };
}

async function timeOf(url: string): Promise<number> {
  const startMs = performance.now();
  const response = await ask(url, {});
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode}`);
  return performance.now() - startMs;
}

function ask(url: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, resolve).on('error', reject);
  });
}

/** All events from now on, as they come. */
async function follow(url: string, accept: string, signal: AbortSignal): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  const response = await ask(url, { accept });
  signal.addEventListener('abort', () => response.destroy(), { once: true });
  void readArrivals(response, arrivals).catch(() => {});
  return arrivals;
}

async function readArrivals(response: IncomingMessage, arrivals: Arrival[]): Promise<void> {
  for await (const line of createInterface({ input: response })) {
    const text = line.replace(/^data: /, '');
    if (text.startsWith('{')) arrivals.push(toArrival(text));
  }
}

function toArrival(text: string): Arrival {
  const atMs = performance.timeOrigin + performance.now();
  const event: { readonly id: string } = JSON.parse(text);
  return [Number(event.id.slice(event.id.lastIndexOf('/') + 1)), atMs];
}

/** Reads the stream as any consumer does. */
function followRedis({ url, stream }: NonNullable<ClientOptions['redis']>) {
  const redis = new Redis(url);
  const arrivals: Arrival[] = [];
  const ending = new AbortController();
  const running = readOn();
  async function readOn(): Promise<void> {
    let last = '$';
    while (!ending.signal.aborted) {
      const read = await redis.xread('COUNT', 500, 'BLOCK', 200, 'STREAMS', stream, last);
      for (const [id, fields] of read?.[0]?.[1] ?? []) {
        last = id;
        arrivals.push(toArrival(fields[fields.indexOf('event') + 1] ?? ''));
      }
    }
  }
  return {
    async stop(): Promise<readonly Arrival[]> {
      ending.abort();
      await running;
      redis.disconnect();
      return arrivals;
    },
  };
}
