import type { Look } from './gather.ts';

/** Lets others wait for passes. Every wait also ends with its signal. */
export interface PassFeed {
  /** Told when a pass begins; the answer is to be called when it has ended. */
  began(look: Look): () => void;
  /** The end of the next pass, whatever it looks at. */
  next(signal: AbortSignal): Promise<void>;
  /** The end of a pass over everything that begins after this call. */
  nextFull(signal: AbortSignal): Promise<void>;
}

export function createPassFeed(): PassFeed {
  const waiting = new Set<Waiting>();
  let begun = 0;

  function wait(full: boolean, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry: Waiting = { full, after: begun, resolve };
    waiting.add(entry);
    const stop = (): void => resolve();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) resolve();
    return promise.finally(() => {
      waiting.delete(entry);
      signal.removeEventListener('abort', stop);
    });
  }

  return {
    began({ scope }) {
      begun += 1;
      const number = begun;
      return () => {
        for (const entry of waiting) {
          if (!entry.full || (scope === 'all' && number > entry.after)) entry.resolve();
        }
      };
    },
    next: (signal) => wait(false, signal),
    nextFull: (signal) => wait(true, signal),
  };
}

interface Waiting {
  readonly full: boolean;
  /** How many passes had begun when the wait began. */
  readonly after: number;
  readonly resolve: () => void;
}
