import type { Lease } from '../../ports.ts';

/** A lease that nobody else wants, until `lose` says that somebody has it. */
export function createMemoryLease(): Lease & { lose(reason: Error): void } {
  const lost = new AbortController();
  return {
    confirm: async () => lost.signal.throwIfAborted(),
    lost: lost.signal,
    lose: (reason) => lost.abort(reason),
    release: () => Promise.resolve(),
  };
}
