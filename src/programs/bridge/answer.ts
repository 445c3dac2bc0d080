import type { ServerResponse } from 'node:http';
import type { EventStream, StreamOptions } from './event-stream.ts';
import { openEventStream } from './event-stream.ts';
import type { Id, Message, Outcome } from './json-rpc.ts';
import { CODES, failure, writeMessage } from './json-rpc.ts';

/** Where the answer to one request of a client goes, and what comes on the way to it. */
export interface Answer {
  /** A notification, or a question to the client, before the answer. */
  send(message: Message): void;
  finish(id: Id, outcome: Outcome): void;
  /** Over without an answer: the request was cancelled. */
  end(): void;
  isOpen(): boolean;
  /** Called once when nothing more can be sent: it was answered, or the client has gone. */
  onClosed(handler: () => void): void;
}

/** Silent calls become streams after this time, so that a proxy does not give them up. */
const SILENCE_MS = 20_000;

/**
 * No stream and no long answer begins sooner after its request. A proxy that is written in Go breaks one off
 * that begins before it has noticed that the request is over (golang/go#40747); on a busy machine that takes
 * it some time. What such a proxy reads in one piece is not in danger.
 */
const BEGINS_AFTER_MS = 10;
const LONG_CHARACTERS = 16 * 1024;

/** Plain JSON while nothing but the answer is sent, an event stream from the first other message on. */
export function createHttpAnswer(
  response: ServerResponse,
  options: StreamOptions & { readonly statusOf?: (outcome: Outcome) => number } = {},
): Answer {
  let stream: EventStream | undefined;
  let isAnswered = false;
  const askedMs = performance.now();
  const untilBeginMs = (): number => BEGINS_AFTER_MS - (performance.now() - askedMs);
  const toStream = (): EventStream => {
    clearTimeout(silence);
    stream ??= openStream(response, options, untilBeginMs());
    return stream;
  };
  const silence = setTimeout(() => {
    if (isOpen()) toStream();
  }, SILENCE_MS);
  response.once('close', () => clearTimeout(silence));

  function isOpen(): boolean {
    return stream?.isOpen() ?? (!isAnswered && !response.writableEnded && !response.destroyed);
  }

  return {
    send(message) {
      // Written first: what cannot be is no reason to open a stream.
      const line = writeMessage(message);
      if (isOpen()) toStream().sendEvent('message', line);
    },
    finish(id, outcome) {
      if (!isOpen()) return;
      clearTimeout(silence);
      const line = writeAnswer(id, outcome);
      if (stream === undefined) {
        isAnswered = true;
        const status = options.statusOf?.(outcome) ?? 200;
        whenMayBegin(line, untilBeginMs(), () => {
          sendJson(response, status, line, options.headers);
        });
      } else {
        stream.sendEvent('message', line);
        stream.end();
      }
    },
    end() {
      if (isOpen()) toStream().end();
    },
    isOpen,
    onClosed(handler) {
      if (response.destroyed) handler();
      else response.once('close', handler);
    },
  };
}

function whenMayBegin(line: string, leftMs: number, begin: () => void): void {
  if (line.length > LONG_CHARACTERS && leftMs > 0) setTimeout(begin, leftMs);
  else begin();
}

function openStream(response: ServerResponse, options: StreamOptions, leftMs: number): EventStream {
  return leftMs > 0 ? openLater(response, options, leftMs) : openEventStream(response, options);
}

/** Takes all from now on, and sends nothing of it before this time has passed. */
function openLater(response: ServerResponse, options: StreamOptions, ms: number): EventStream {
  response.cork();
  const stream = openEventStream(response, options);
  let isHeld = true;
  let isOver = false;
  setTimeout(() => {
    isHeld = false;
    response.uncork();
    if (isOver) stream.end();
  }, ms);
  return {
    ...stream,
    end() {
      isOver = true;
      if (!isHeld) stream.end();
    },
    isOpen: () => !isOver && stream.isOpen(),
  };
}

/** What was read cannot always be written: it can be nested too deeply. */
function writeAnswer(id: Id, outcome: Outcome): string {
  try {
    return writeMessage({ kind: 'response', id, outcome });
  } catch (error) {
    const words = `The answer cannot be passed on: ${String(error)}`;
    return writeMessage({ kind: 'response', id, outcome: failure(CODES.internalError, words) });
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  line: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(line);
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': body.length,
  });
  response.end(body);
}
