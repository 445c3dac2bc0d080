import type { Outcome } from './json-rpc.ts';
import { CODES, failure } from './json-rpc.ts';
import { EndedEarly, NotStarted } from './keeper.ts';
import { NoGreeting } from './link.ts';
import { PoolFull } from './shared-child.ts';

/** Why no child could take a request, as its answer. */
export function toOutcome(error: unknown): Outcome {
  if (error instanceof NoGreeting) return error.outcome;
  if (error instanceof EndedEarly) {
    return failure(CODES.internalError, `The server ended before it answered (${error.message}).`);
  }
  const words = error instanceof Error ? error.message : String(error);
  return failure(CODES.internalError, words);
}

/** After how many seconds to come again; undefined where that does not help. */
export function retryAfterS(error: unknown): number | undefined {
  if (error instanceof NotStarted) return error.retryAfterS;
  // As long as the oldest idle session may take to be given up, at the least.
  return error instanceof PoolFull ? 5 : undefined;
}
