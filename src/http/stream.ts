import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Log } from '../ports.ts';
import { goneOf } from './gone.ts';
import type { ProblemDocument } from './problem-document.ts';
import { tellFailure } from './tell-failure.ts';

/** So long a stream may take to fail with a status of its own; later errors come as its last line. */
const FIRST_ITEM_MS = 150;
/** Items that wait for a slow client before the source is asked for no more. */
const BUFFERED_ITEMS = 16;
/** Below the 30 s and 60 s at which common proxies drop a silent connection. */
const HEARTBEAT_MS = 15_000;

export type OpenStream<Item> = (signal: AbortSignal) => AsyncIterable<Item>;

/**
 * Sends each item as one line of JSON. The source is aborted when the client is gone, and not asked
 * for more while the client does not read. An error after the first line is `{"problem": …}`, last, and told
 * in the log where it must be.
 */
export async function sendNdjson<Item>(
  reply: FastifyReply,
  log: Log,
  open: OpenStream<Item>,
): Promise<FastifyReply> {
  const items = await startStream(reply, open);
  reply.header('content-type', 'application/x-ndjson');
  return reply.send(
    Readable.from(toLines(items, toldBy(reply, log)), { highWaterMark: BUFFERED_ITEMS }),
  );
}

/** The same as server-sent events (WHATWG HTML §9.2): `id` and `event` from the item, heartbeats. */
export async function sendServerSentEvents<Item extends { readonly id: string; type: string }>(
  reply: FastifyReply,
  log: Log,
  open: OpenStream<Item>,
): Promise<FastifyReply> {
  const items = await startStream(reply, open);
  reply.header('content-type', 'text/event-stream').header('cache-control', 'no-cache');
  const frames = withHeartbeats(toFrames(items, toldBy(reply, log)));
  return reply.send(Readable.from(frames, { highWaterMark: BUFFERED_ITEMS }));
}

/** Waits a moment for the first item, so that a refusal is an HTTP status and not a line. */
async function startStream<Item>(
  reply: FastifyReply,
  open: OpenStream<Item>,
): Promise<AsyncIterable<Item>> {
  const gone = goneOf(reply);
  const until = reply.request.access?.until(gone);
  const signal = until ? AbortSignal.any([gone, until]) : gone;
  const iterator = open(signal)[Symbol.asyncIterator]();
  const first = iterator.next();
  // Whoever reads hears of its failure; when the client has gone, nobody reads.
  first.catch(() => {});
  whenGone(gone, () => void iterator.return?.().catch(() => {}));
  await Promise.race([first, pause(FIRST_ITEM_MS, undefined, { ref: false })]);
  return goOn(first, iterator, until);
}

/** What nobody began to read is ended by nobody's reading. */
function whenGone(gone: AbortSignal, end: () => void): void {
  if (gone.aborted) end();
  else gone.addEventListener('abort', end, { once: true });
}

async function* goOn<Item>(
  first: Promise<IteratorResult<Item>>,
  iterator: AsyncIterator<Item>,
  until: AbortSignal | undefined,
): AsyncGenerator<Item> {
  try {
    for (let step = await first; step.done !== true; step = await iterator.next()) {
      yield step.value;
    }
    // It ended because the right to it has: said as its last line.
    until?.throwIfAborted();
  } finally {
    await iterator.return?.();
  }
}

type Tell = (error: unknown) => ProblemDocument;

function toldBy({ request }: FastifyReply, log: Log): Tell {
  return (error) => tellFailure(log, request, error);
}

async function* toLines(items: AsyncIterable<unknown>, tell: Tell): AsyncGenerator<string> {
  // Sends the headers, also where nothing happens for long: whoever follows knows that it does.
  yield '';
  try {
    for await (const item of items) yield `${JSON.stringify(item)}\n`;
  } catch (error) {
    yield `${JSON.stringify({ problem: tell(error) })}\n`;
  }
}

async function* toFrames(
  items: AsyncIterable<{ readonly id: string; readonly type: string }>,
  tell: Tell,
): AsyncGenerator<string> {
  try {
    for await (const item of items) {
      yield `id: ${item.id}\nevent: ${item.type}\ndata: ${JSON.stringify(item)}\n\n`;
    }
  } catch (error) {
    yield `event: problem\ndata: ${JSON.stringify(tell(error))}\n\n`;
  }
}

async function* withHeartbeats(frames: AsyncGenerator<string>): AsyncGenerator<string> {
  yield ': connected\n\n';
  let next = frames.next();
  try {
    for (;;) {
      const step = await unlessSilent(next);
      if (step?.done === true) return;
      yield step === undefined ? ': still here\n\n' : step.value;
      if (step !== undefined) next = frames.next();
    }
  } finally {
    await frames.return(undefined);
  }
}

/** Undefined where nothing comes for so long that a heartbeat is due. */
async function unlessSilent<Step>(next: Promise<Step>): Promise<Step | undefined> {
  const over = new AbortController();
  const silence = pause(HEARTBEAT_MS, undefined, { ref: false, signal: over.signal });
  try {
    return await Promise.race([next, silence]);
  } finally {
    over.abort();
  }
}
