import type { ServerResponse } from 'node:http';
import type { Message } from './json-rpc.ts';
import { writeMessage } from './json-rpc.ts';

/** Server-sent events to one client. */
export interface EventStream {
  /** Writes one message as an event; nothing when the client has gone. */
  send(message: Message): void;
  sendEvent(event: string, data: string): void;
  end(): void;
  isOpen(): boolean;
  /** Called once, when the client has gone or the stream was ended. */
  onClosed(handler: () => void): void;
}

/** Holds back a source while a client reads slowly. */
export interface Flow {
  hold(): void;
  release(): void;
}

export interface StreamOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Without one, a client that is too slow loses its stream. */
  readonly flow?: Flow | undefined;
}

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};
/** A comment now and then: proxies close what is silent for a minute, and a dead client is noticed. */
const KEEP_ALIVE_MS = 15_000;
/** From here on the source is held back. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** A source that cannot be held back may fill this much; then the client is cut off. */
const MOST_BUFFERED_BYTES = 32 * 1024 * 1024;
/** A client that has read nothing for so long is cut off, and its source runs on. */
const LONGEST_HOLD_MS = 30_000;

export function openEventStream(
  response: ServerResponse,
  { headers, flow }: StreamOptions = {},
): EventStream {
  let held: NodeJS.Timeout | undefined;
  const keepAlive = setInterval(() => write(': keep-alive\n\n'), KEEP_ALIVE_MS);
  response.writeHead(200, { ...HEADERS, ...headers });
  response.flushHeaders();
  response.on('drain', release);
  response.once('close', () => {
    clearInterval(keepAlive);
    release();
  });

  function isOpen(): boolean {
    return !response.writableEnded && !response.destroyed;
  }

  function write(text: string): void {
    if (!isOpen()) return;
    response.write(text);
    if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy();
    else if (
      flow !== undefined &&
      held === undefined &&
      response.writableLength > HIGH_WATER_BYTES
    ) {
      flow.hold();
      held = setTimeout(() => response.destroy(), LONGEST_HOLD_MS);
    }
  }

  function release(): void {
    if (held === undefined) return;
    clearTimeout(held);
    held = undefined;
    flow?.release();
  }

  return {
    send: (message) => write(`event: message\ndata: ${writeMessage(message)}\n\n`),
    sendEvent: (event, data) => write(`event: ${event}\ndata: ${data}\n\n`),
    end: () => {
      if (isOpen()) response.end();
    },
    isOpen,
    onClosed: (handler) => void response.once('close', handler),
  };
}
