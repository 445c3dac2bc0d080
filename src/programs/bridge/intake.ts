import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Id, Message } from './json-rpc.ts';
import { CODES, readMessage } from './json-rpc.ts';
import { NoGreeting } from './link.ts';
import { readBody } from './read-body.ts';
import type { Refusal } from './refuse.ts';
import { refuse } from './refuse.ts';
import { retryAfterS, toOutcome } from './unserved.ts';

export interface IntakeOptions {
  readonly maxBodyBytes: number;
  readonly maxInFlight: number;
}

/** Takes in posted messages: reads them within their bounds, and counts them until they are answered. */
export interface Intake {
  /** Gives the message on, or refuses it; what `take` rejects with is answered too. */
  post(
    request: IncomingMessage,
    response: ServerResponse,
    take: (message: Message) => Promise<void>,
  ): Promise<void>;
  /** True when it was refused, because the bridge is about to end. */
  refuseWhileDraining(response: ServerResponse, id?: Id | null): boolean;
  inFlight(): number;
  isDraining(): boolean;
  drain(): void;
}

/** A client that sends on after it was refused is listened to for so long, and then cut off. */
const REFUSED_BODY_MS = 5_000;

export function createIntake({ maxBodyBytes, maxInFlight }: IntakeOptions): Intake {
  let inFlight = 0;
  let isDraining = false;

  function refuseWhileDraining(response: ServerResponse, id: Id | null = null): boolean {
    if (!isDraining) return false;
    const headers = { 'retry-after': '1', connection: 'close' };
    refuse(response, { status: 503, id, headers, message: 'The server is about to end.' });
    return true;
  }

  /** False when the request was refused. */
  function enter(message: Message, response: ServerResponse): boolean {
    if (message.kind !== 'request') return true;
    const { id } = message;
    if (refuseWhileDraining(response, id)) return false;
    // A stream that stands ends with the bridge: nothing is waited for.
    if (message.method === 'subscriptions/listen') return true;
    if (inFlight >= maxInFlight) {
      const headers = { 'retry-after': '1' };
      refuse(response, { status: 503, id, headers, message: 'Too many requests are open.' });
      return false;
    }
    inFlight += 1;
    response.once('close', () => (inFlight -= 1));
    return true;
  }

  return {
    async post(request, response, take) {
      const posted = await readPosted(request, maxBodyBytes);
      if (posted === undefined) return;
      if (!('kind' in posted)) refusePosted(posted, request, response);
      else if (enter(posted, response)) {
        const id = posted.kind === 'request' ? posted.id : null;
        await take(posted).catch((error: unknown) => refuseUnserved(response, id, error));
      }
    },
    refuseWhileDraining,
    inFlight: () => inFlight,
    isDraining: () => isDraining,
    drain: () => (isDraining = true),
  };
}

function refusePosted(refusal: Refusal, request: IncomingMessage, response: ServerResponse): void {
  refuse(response, refusal);
  // What is still on its way is thrown away, so that the refusal can be read.
  request.resume();
  setTimeout(() => {
    if (!request.complete) request.destroy();
  }, REFUSED_BODY_MS).unref();
}

/** The message in a request's body, or why there is none; undefined when the client has gone. */
async function readPosted(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Message | Refusal | undefined> {
  const { 'content-type': type = '', accept = '*/*' } = request.headers;
  if (type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    return { status: 415, message: 'Content-Type must be application/json.' };
  }
  if (!accepts(accept, 'application/json') || !accepts(accept, 'text/event-stream')) {
    return { status: 406, message: 'Accept must have application/json and text/event-stream.' };
  }
  const body = await readBody(request, maxBytes);
  switch (body.kind) {
    case 'tooLarge':
      return { status: 413, message: `The body is longer than ${String(maxBytes)} bytes.` };
    case 'notJson':
      return { status: 400, code: CODES.parseError, message: 'Parse error: the body is no JSON.' };
    case 'broken':
      return undefined;
    case 'json':
      return readMessage(body.value) ?? noMessage(body.value);
  }
}

function noMessage(value: unknown): Refusal {
  const message = Array.isArray(value)
    ? 'Batches are no longer part of the protocol: send one message at a time.'
    : 'The body is no JSON-RPC message.';
  return { status: 400, code: CODES.invalidRequest, message };
}

function accepts(header: string, type: string): boolean {
  return header.includes(type) || header.includes('*/*');
}

/** No child could be had: to come again helps, or it does not. */
function refuseUnserved(response: ServerResponse, id: Id | null, error: unknown): void {
  // Half an answer is none: its client shall not wait for the rest.
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const outcome = toOutcome(error);
  const seconds = retryAfterS(error);
  if (seconds === undefined) {
    const words = 'error' in outcome ? outcome.error : { message: 'The server does not answer.' };
    refuse(response, { status: error instanceof NoGreeting ? 200 : 500, id, ...words });
    return;
  }
  const headers = { 'retry-after': String(seconds) };
  const message = 'error' in outcome ? outcome.error.message : '';
  refuse(response, { status: 503, id, headers, message });
}
