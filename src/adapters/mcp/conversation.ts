import { CheckFailure } from './failure.ts';
import type { Session } from './session.ts';

/** Bound of all answers of one verification: thousands of tools with their schemas fit. */
const LARGEST_CONVERSATION_BYTES = 4 * 1024 * 1024;

/** A bounded `fetch` for the library, and what was seen on the wire, whatever the library makes of it. */
export interface Conversation {
  readonly fetch: typeof fetch;
  readonly seen: Seen;
  /** Aborts when an answer broke off: the library would wait for the rest of it. */
  readonly broken: AbortSignal;
  /** Cuts what is still open. */
  readonly stop: () => void;
}

export interface Seen {
  readonly lastAnswer?: LastAnswer;
  /** Why there was no answer, or not a whole one. */
  readonly failure?: unknown;
  /** Sessions that the server named, in answers of any kind. */
  readonly sessionIds: ReadonlySet<string>;
  /** The version that both sides agreed on for them. */
  readonly agreed: Pick<Session, 'protocolVersion'>;
}

export interface LastAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly contentType: string;
  readonly bytes: number;
}

interface Notes {
  lastAnswer?: LastAnswer & { bytes: number };
  failure?: unknown;
  readonly sessionIds: Set<string>;
  agreed: Pick<Session, 'protocolVersion'>;
}

/** Sends a request that may open a session; none is left behind when the signal aborts. */
export type OpenSession = (
  send: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
) => Promise<Response>;

/** Every request of it ends with the signal, and all its answers together are bounded in bytes. */
export function openConversation(signal: AbortSignal, open: OpenSession): Conversation {
  const stopped = new AbortController();
  const broken = new AbortController();
  const ended = AbortSignal.any([signal, stopped.signal]);
  const notes: Notes = { sessionIds: new Set(), agreed: {} };
  let totalBytes = 0;

  const breakOff = (reason: unknown): void => {
    if (ended.aborted) return;
    notes.failure ??= reason;
    broken.abort();
  };

  const count = (bytes: number): void => {
    totalBytes += bytes;
    if (notes.lastAnswer !== undefined) notes.lastAnswer.bytes += bytes;
    if (totalBytes <= LARGEST_CONVERSATION_BYTES) return;
    breakOff(new CheckFailure('answered more than 4 MiB'));
    throw new Error('too much');
  };

  return {
    seen: notes,
    broken: broken.signal,
    stop: () => stopped.abort(),
    async fetch(input, init = {}) {
      // The stream for messages from the server is of no use here, and would stay open.
      if (init.method === 'GET') return new Response(null, { status: 405 });
      const headers = new Headers(init.headers);
      headers.set('connection', 'close');
      noteRequest(notes, headers);
      const cut = init.signal == null ? ended : AbortSignal.any([ended, init.signal]);
      try {
        const send = (until: AbortSignal): Promise<Response> =>
          fetch(input, { ...init, headers, signal: until });
        const response = await (opensSession(init) ? open(send, cut) : send(cut));
        noteAnswer(notes, response);
        // The library cuts what it needs no more: that breaks nothing off.
        return countBody(response, count, (reason) => cut.aborted || breakOff(reason));
      } catch (error) {
        notes.failure ??= error;
        throw error;
      }
    },
  };
}

function opensSession({ body }: RequestInit): boolean {
  return typeof body === 'string' && body.includes('"method":"initialize"');
}

function noteRequest(notes: Notes, headers: Headers): void {
  const protocolVersion = headers.get('mcp-protocol-version');
  if (headers.has('mcp-session-id') && protocolVersion !== null) notes.agreed = { protocolVersion };
}

function noteAnswer(notes: Notes, { status, statusText, headers }: Response): void {
  const contentType = headers.get('content-type') ?? '';
  notes.lastAnswer = { status, statusText, contentType, bytes: 0 };
  const sessionId = headers.get('mcp-session-id');
  if (sessionId !== null) notes.sessionIds.add(sessionId);
}

/** The same response, with each piece counted and the end of a broken connection told. */
function countBody(
  response: Response,
  count: (bytes: number) => void,
  breakOff: (reason: unknown) => unknown,
): Response {
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      count(chunk.byteLength);
      controller.enqueue(chunk);
    },
    cancel(reason) {
      // Also called when the reader has seen enough: then there is no error.
      if (reason instanceof Error) breakOff(reason);
    },
  });
  return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
}
