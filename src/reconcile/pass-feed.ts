import type { Look } from './gather.ts';

/** Lets others wait for passes. Every wait also ends with its signal, and rejects when its pass failed. */
export interface PassFeed {
  /** Told when a pass begins; the answer is to be told how it has ended. */
  began(look: Look): PassEnd;
  /** The end of the next pass, whatever it looks at. */
  next(signal: AbortSignal): Promise<void>;
  /** The end of a pass over everything that begins after this call. */
  nextFull(signal: AbortSignal): Promise<void>;
}

export interface PassEnd {
  done(): void;
  failed(error: unknown): void;
}

export function createPassFeed(): PassFeed {
  const waiting = new Set<Waiting>();
  let begun = 0;

  function wait(full: boolean, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry: Waiting = { full, after: begun, resolve, reject };
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
      const served = () =>
        [...waiting].filter(({ full, after }) => !full || (scope === 'all' && number > after));
      return {
        done: () => served().forEach(({ resolve }) => resolve()),
        failed: (error) => served().forEach(({ reject }) => reject(error)),
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
  readonly reject: (error: unknown) => void;
}
