import { Agent, get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a client saw, in milliseconds each. */
export interface ClientReport {
  readonly oneMs: readonly number[];
  readonly allMs: readonly number[];
  readonly ndjsonMs: readonly number[];
  readonly sseMs: readonly number[];
  readonly failed: number;
}

/** 200 a second. */
const EVERY_MS = 5;
/** Each tenth read asks for all services. */
const LIST_EVERY = 10;
const NAMES = 1_000;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

if (import.meta.main) {
  const [url = '', forMs = ''] = process.argv.slice(2);
  console.log(JSON.stringify(await readAndFollow(url, Number(forMs))));
  agent.destroy();
}

async function readAndFollow(url: string, forMs: number): Promise<ClientReport> {
  const ending = new AbortController();
  const ndjson = await follow(
    `${url}/v1/events?follow=true`,
    'application/x-ndjson',
    ending.signal,
  );
  const sse = await follow(`${url}/v1/events?follow=true`, 'text/event-stream', ending.signal);
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
  return { oneMs, allMs, ndjsonMs: ndjson, sseMs: sse, failed };
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

/** The lags of all events from now on, as they come. */
async function follow(url: string, accept: string, signal: AbortSignal): Promise<number[]> {
  const lags: number[] = [];
  const response = await ask(url, { accept });
  signal.addEventListener('abort', () => response.destroy(), { once: true });
  void readLags(response, lags).catch(() => {});
  return lags;
}

async function readLags(response: IncomingMessage, lags: number[]): Promise<void> {
  for await (const line of createInterface({ input: response })) {
    const text = line.replace(/^data: /, '');
    if (!text.startsWith('{')) continue;
    const event: { readonly time: string } = JSON.parse(text);
    lags.push(Date.now() - Date.parse(event.time));
  }
}
