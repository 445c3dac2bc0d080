import { CheckFailure } from './failure.ts';

/** Bound of all answers of one verification: some 40 times the largest known list of tools. */
const LARGEST_CONVERSATION_BYTES = 4 * 1024 * 1024;

/** What was seen of one conversation, whatever the library makes of it. */
export interface Conversation {
  readonly fetch: typeof fetch;
  /** Sessions that the server named, in answers of any kind. */
  readonly sessionIds: ReadonlySet<string>;
  /** Why there was no answer, or not a whole one. */
  readonly failure: () => unknown;
  readonly lastAnswer: () => LastAnswer | undefined;
  /** Cuts what is still open. */
  readonly stop: () => void;
}

export interface LastAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly contentType: string;
  readonly bytes: number;
}

/**
 * A `fetch` for the library that is bounded in bytes, ends with the signal and remembers answers:
 * the library's own errors do not always tell a closed port from a page of HTML.
 */
export function openConversation(signal: AbortSignal): Conversation {
  const stopped = new AbortController();
  const sessionIds = new Set<string>();
  let last: { status: number; statusText: string; contentType: string; bytes: number } | undefined;
  let failure: unknown;
  let totalBytes = 0;

  const count = (chunk: Uint8Array): void => {
    totalBytes += chunk.byteLength;
    if (last !== undefined) last.bytes += chunk.byteLength;
    if (totalBytes > LARGEST_CONVERSATION_BYTES) {
      failure = new CheckFailure('answered more than 4 MiB');
      throw failure;
    }
  };

  return {
    sessionIds,
    failure: () => failure,
    lastAnswer: () => last,
    stop: () => stopped.abort(),
    async fetch(input, init) {
      // The stream for messages from the server is of no use here, and would stay open.
      if (init?.method === 'GET') return new Response(null, { status: 405 });
      const signals = [signal, stopped.signal, init?.signal].filter((one) => one != null);
      const headers = new Headers(init?.headers);
      headers.set('connection', 'close');
      try {
        const response = await fetch(input, {
          ...init,
          headers,
          signal: AbortSignal.any(signals),
        });
        const { status, statusText } = response;
        const contentType = response.headers.get('content-type') ?? '';
        last = { status, statusText, contentType, bytes: 0 };
        const sessionId = response.headers.get('mcp-session-id');
        if (sessionId !== null) sessionIds.add(sessionId);
        return countBody(response, count);
      } catch (error) {
        failure ??= error;
        throw error;
      }
    },
  };
}

function countBody(response: Response, count: (chunk: Uint8Array) => void): Response {
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      count(chunk);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
}
