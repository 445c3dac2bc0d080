import { AppError } from '../errors.ts';
import type { StoreChange } from '../model/journal.ts';
import type { Store } from '../ports.ts';

/** What one transaction takes at most: some milliseconds of writing, then the event loop turns. */
const MOST_TOGETHER = 16;

export interface CommitQueue {
  /**
   * Writes what one service has to record, together with what others have at the same time; resolves
   * when it is durable. `changes` is called right before the write, so what it reads from the store is
   * what it replaces. Rejects with what the store, or `changes`, throws.
   */
  commit(service: string, changes: () => readonly StoreChange[]): Promise<void>;
  /** Resolves when all that was given before is written, or was refused. */
  rest(): Promise<void>;
}

/** One disk sync for many services, and never a long block: in order, a bounded batch per turn. */
export function createCommitQueue(store: Pick<Store, 'commit'>): CommitQueue {
  const waiting: Entry[] = [];
  let flushing = false;

  function flush(): void {
    const batch = takeBatch(waiting);
    try {
      store.commit(batch.flatMap(({ changes }) => changes()));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // Nothing of it was written.
      if (isUnwritable(error)) for (const { reject } of batch) reject(error);
      // Each alone, so that one that cannot be written stops nobody else.
      else for (const entry of batch) writeAlone(entry, store);
    }
    flushing = waiting.length > 0;
    if (flushing) setImmediate(flush);
  }

  function commit(service: string, changes: () => readonly StoreChange[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.push({ service, changes, resolve, reject });
    if (!flushing) setImmediate(flush);
    flushing = true;
    return promise;
  }

  return { commit, rest: () => commit('', () => []) };
}

interface Entry {
  readonly service: string;
  readonly changes: () => readonly StoreChange[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The first of the queue, up to a second entry of the same service: that one must see the first written. */
function takeBatch(waiting: Entry[]): readonly Entry[] {
  const services = new Set<string>();
  for (const { service } of waiting) {
    if (services.size === MOST_TOGETHER || services.has(service)) break;
    services.add(service);
  }
  return waiting.splice(0, services.size);
}

/** The store takes nothing from anybody now; each try of a locked one holds up the event loop for seconds. */
function isUnwritable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STATE_UNWRITABLE';
}

function writeAlone({ changes, resolve, reject }: Entry, store: Pick<Store, 'commit'>): void {
  try {
    store.commit(changes());
    resolve();
  } catch (error) {
    reject(error);
  }
}
