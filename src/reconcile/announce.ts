import type { Store } from '../ports.ts';

export interface Announcements {
  /** The same store; each commit is announced after it is durable. */
  readonly store: Store;
  /** Calls back after every commit, until the signal aborts. */
  onCommit(listener: () => void, signal: AbortSignal): void;
}

/** Lets others follow what is written, without asking the disk again and again. */
export function announceCommits(store: Store): Announcements {
  const listeners = new Set<() => void>();
  return {
    store: {
      ...store,
      get producer() {
        return store.producer;
      },
      commit(changes) {
        store.commit(changes);
        if (changes.length > 0) for (const listener of listeners) listener();
      },
    },
    onCommit(listener, signal) {
      if (signal.aborted) return;
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
    },
  };
}
