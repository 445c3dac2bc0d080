import { AppError } from '../../errors.ts';
import { orAborted } from '../../or-aborted.ts';

export interface SharedWork<T> {
  /**
   * Does the work of that key once for all who ask for it meanwhile. Who aborts leaves with TIMED_OUT;
   * when the last one has left, the work is aborted.
   */
  join(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export function createSharedWork<T>(): SharedWork<T> {
  const running = new Map<string, Running<T>>();

  function begin(key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> {
    const ending = new AbortController();
    const result = work(ending.signal).finally(() => {
      if (running.get(key) === begun) running.delete(key);
    });
    const begun: Running<T> = { result, ending, waiting: 0 };
    running.set(key, begun);
    return begun;
  }
  function leave(key: string, left: Running<T>): void {
    left.waiting -= 1;
    if (left.waiting > 0) return;
    // Whoever asks from now on does not get the end of this one.
    if (running.get(key) === left) running.delete(key);
    left.ending.abort();
  }

  return {
    async join(key, signal, work) {
      if (signal.aborted) throw givenUp(key);
      const joined = running.get(key) ?? begin(key, work);
      joined.waiting += 1;
      try {
        return await orAborted(joined.result, signal, () => givenUp(key));
      } finally {
        leave(key, joined);
      }
    },
  };
}

interface Running<T> {
  readonly result: Promise<T>;
  readonly ending: AbortController;
  waiting: number;
}

function givenUp(what: string): AppError {
  return new AppError('TIMED_OUT', `${what} was given up.`);
}
