import { within } from './within.ts';

/** A server that is slow to open a session has opened one all the same. */
const LATE_MS = 10_000;
/** Answers that are waited for at once; of one more nobody learns its session. */
const MOST_LATE = 256;

export interface LateAnswers {
  /**
   * Sends a request that may open a session. When the signal aborts before there is an answer, that one is
   * still taken, within ten seconds, and `end` is told the session that it names.
   */
  readonly send: (request: SessionRequest, signal: AbortSignal) => Promise<Response>;
  /** Waits for nothing any more. */
  readonly close: () => void;
}

export interface SessionRequest {
  readonly send: (signal: AbortSignal) => Promise<Response>;
  readonly end: (sessionId: string) => void;
}

/** Keeps sessions from being left behind by checks that did not wait for them. */
export function openLateAnswers(): LateAnswers {
  const late = new Set<AbortController>();

  async function takeLate(
    answer: Promise<Response>,
    stop: AbortController,
    end: SessionRequest['end'],
  ): Promise<void> {
    if (late.size >= MOST_LATE) return stop.abort();
    late.add(stop);
    const timer = setTimeout(() => stop.abort(), LATE_MS).unref();
    try {
      const { headers, body } = await answer;
      const sessionId = headers.get('mcp-session-id');
      if (sessionId !== null) end(sessionId);
      await body?.cancel();
    } catch {
      // No answer, no session that anybody could end.
    } finally {
      clearTimeout(timer);
      late.delete(stop);
    }
  }

  return {
    async send({ send, end }, signal) {
      signal.throwIfAborted();
      const stop = new AbortController();
      const answer = send(stop.signal);
      try {
        const response = await within(signal, answer);
        // From here on its body ends with the signal.
        signal.addEventListener('abort', () => stop.abort(), { once: true });
        return response;
      } catch (error) {
        if (signal.aborted) void takeLate(answer, stop, end);
        throw error;
      }
    },
    close() {
      for (const stop of late) stop.abort();
    },
  };
}
