import type { Answer } from './answer.ts';
import type { Id, Outcome, Request } from './json-rpc.ts';
import { CODES, failure } from './json-rpc.ts';
import type { CallContext } from './service.ts';

/** The requests of one client that are being answered, by the client's own ids. */
export interface SessionCalls {
  /** Answers one request; never rejects. */
  serve(request: Request, answer: Answer): Promise<void>;
  cancel(id: Id, reason: unknown): void;
  count(): number;
  end(): void;
}

export function createSessionCalls({
  ask,
  timeoutMs,
}: {
  /** Never rejects; undefined when the call was cancelled. */
  readonly ask: (request: Request, context: CallContext) => Promise<Outcome | undefined>;
  readonly timeoutMs: number;
}): SessionCalls {
  const calls = new Map<Id, AbortController>();
  return {
    async serve(request, answer) {
      const { id } = request;
      if (calls.has(id)) {
        answer.finish(id, failure(CODES.invalidRequest, 'This id is in use.'));
        return;
      }
      const controller = new AbortController();
      calls.set(id, controller);
      // Streams here cannot be resumed: an answer that nobody can receive is not waited for.
      answer.onClosed(() => controller.abort());
      const { signal } = controller;
      const outcome = await ask(request, { send: answer.send, signal, timeoutMs });
      calls.delete(id);
      if (outcome === undefined) answer.end();
      else answer.finish(id, outcome);
    },
    cancel: (id, reason) => calls.get(id)?.abort(reason),
    count: () => calls.size,
    end() {
      for (const controller of calls.values()) controller.abort();
    },
  };
}
