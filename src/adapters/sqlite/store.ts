import type { StoreChange } from '../../model/journal.ts';
import type { Clock, Store } from '../../ports.ts';
import { createAnswers } from './answers.ts';
import { createChangeWriter } from './change-writer.ts';
import { openDatabase, type Database } from './database.ts';
import { createJournalReader } from './journal-reader.ts';
import { copyMemory, loadMemory } from './memory.ts';
import { openOutbox } from './outbox.ts';
import { createTrimmer, RETENTION, type Retention } from './retention.ts';

export interface StoreOptions {
  /** Absolute path, or `:memory:`. */
  readonly file: string;
  /** The `source` of every event: who this manager is. */
  readonly source: string;
  readonly clock: Clock;
  /** Whether a broker will take the events: then none is trimmed before it is delivered. */
  readonly keepUndelivered: boolean;
  readonly retention?: Retention;
}

/**
 * The local memory of the manager in one SQLite file. A commit is on the disk when it returns.
 * Throws STATE_NEWER, or STATE_UNWRITABLE with path and way out; works again once that is mended.
 */
export function openStore(options: StoreOptions): Store {
  const database = openDatabase(options.file);
  try {
    return database.read(() => createStore(database, options));
  } catch (error) {
    database.close();
    throw error;
  }
}

function createStore(database: Database, options: StoreOptions): Store {
  const { source, clock, keepUndelivered, retention = RETENTION } = options;
  const trimmer = createTrimmer(database, retention, clock);
  const outbox = openOutbox(database, source);
  const answers = createAnswers(database, retention, clock);
  const write = createChangeWriter({ database, trimmer, outbox, answers });
  let memory = loadMemory(database);

  function commit(changes: readonly StoreChange[]): void {
    if (changes.length === 0) return;
    const draft = copyMemory(memory);
    database.write(() => {
      for (const change of changes) write(change, draft);
      if (!keepUndelivered) trimmer.events(outbox.lastNumber());
    });
    memory = draft;
  }

  return {
    get producer() {
      return outbox.producer;
    },
    commit,
    histories: () => memory.histories,
    requests: () => [...memory.requests.values()],
    core: () => memory.core,
    removalsSince: (sinceMs) =>
      memory.removals.filter(({ atMs }) => atMs >= sinceMs).map(({ service }) => service),
    answer: (id) => database.read(() => answers.find(id)),
    journal: createJournalReader(database),
    events: (after, limit) => outbox.events(after, limit),
    delivered(number) {
      outbox.setDelivered(number, () => trimmer.events(number));
    },
    deliveredUpTo: () => outbox.deliveredUpTo,
    lastNumber: () => outbox.lastNumber(),
    renewProducer: () => outbox.renewProducer(),
    close: () => database.close(),
  };
}
