import type { CoreMemory } from '../../model/core.ts';
import type { ServiceHistory } from '../../model/history.ts';
import type { Intent, Outcome, StoreChange } from '../../model/journal.ts';
import type { Request } from '../../model/request.ts';
import type { Answers } from './answers.ts';
import type { Database } from './database.ts';
import type { Memory } from './memory.ts';
import type { Outbox } from './outbox.ts';
import type { Trimmer } from './retention.ts';

export interface ChangeWriterOptions {
  readonly database: Database;
  readonly trimmer: Trimmer;
  readonly outbox: Outbox;
  readonly answers: Answers;
}

/** Writes one change to the open transaction and to the draft of the memory beside it. */
export type WriteChange = (change: StoreChange, draft: Memory) => void;

/** The writer of changes; its statements are prepared once. */
export function createChangeWriter(options: ChangeWriterOptions): WriteChange {
  const journal = createJournalWriter(options);
  const histories = createHistoryWriter(options);
  const requests = createRequestWriter(options);
  const writeCore = createCoreWriter(options);
  const writeRemoval = createRemovalWriter(options);
  return (change, draft) => {
    switch (change.kind) {
      case 'intent':
        return journal.add(change.intent);
      case 'outcome':
        return journal.end(change.outcome);
      case 'history':
        return histories.set(change.service, change.history, draft);
      case 'history-removed':
        return histories.drop(change.service, draft);
      case 'request':
        return requests.set(change.request, draft);
      case 'request-spent':
        return requests.drop(change.id, draft);
      case 'core':
        return writeCore(change.instanceId, change.memory, draft);
      case 'removal':
        return writeRemoval(change.service, change.atMs, draft);
      case 'answer':
        return options.answers.keep(change.answer);
      case 'event':
        return options.outbox.add(change.event);
    }
  };
}

function createJournalWriter({ database, trimmer }: ChangeWriterOptions) {
  const { connection } = database;
  const addIntent = connection.prepare(
    'INSERT INTO journal (intent_id, service, intent) VALUES (?, ?, ?)',
  );
  const setOutcome = connection.prepare('UPDATE journal SET outcome = ? WHERE intent_id = ?');
  return {
    add(intent: Intent): void {
      addIntent.run(intent.id, intent.service, JSON.stringify(intent));
      trimmer.journal(intent.service);
    },
    /** The outcome of an intent that is trimmed already has nowhere to go. */
    end(outcome: Outcome): void {
      setOutcome.run(JSON.stringify(outcome), outcome.intentId);
    },
  };
}

function createHistoryWriter({ database: { connection } }: ChangeWriterOptions) {
  const set = connection.prepare(
    'INSERT INTO histories VALUES (?, ?) ON CONFLICT DO UPDATE SET history = excluded.history',
  );
  const drop = connection.prepare('DELETE FROM histories WHERE service = ?');
  return {
    set(service: string, history: ServiceHistory, draft: Memory): void {
      const text = JSON.stringify(history);
      set.run(service, text);
      // What was read back from text: memory is then what a restart will find.
      draft.histories.set(service, JSON.parse(text));
    },
    drop(service: string, draft: Memory): void {
      drop.run(service);
      draft.histories.delete(service);
    },
  };
}

function createRequestWriter({ database: { connection } }: ChangeWriterOptions) {
  const set = connection.prepare(
    'INSERT INTO requests VALUES (?, ?) ON CONFLICT DO UPDATE SET request = excluded.request',
  );
  const drop = connection.prepare('DELETE FROM requests WHERE id = ?');
  return {
    set(request: Request, draft: Memory): void {
      const text = JSON.stringify(request);
      set.run(request.id, text);
      draft.requests.set(request.id, JSON.parse(text));
    },
    drop(id: string, draft: Memory): void {
      drop.run(id);
      draft.requests.delete(id);
    },
  };
}

function createCoreWriter({ database: { connection } }: ChangeWriterOptions) {
  const set = connection.prepare(
    'INSERT INTO core VALUES (?, ?) ON CONFLICT DO UPDATE SET memory = excluded.memory',
  );
  const drop = connection.prepare('DELETE FROM core WHERE instance_id = ?');
  return (instanceId: string, memory: CoreMemory | undefined, draft: Memory): void => {
    if (memory === undefined) {
      drop.run(instanceId);
      draft.core.delete(instanceId);
    } else {
      const text = JSON.stringify(memory);
      set.run(instanceId, text);
      draft.core.set(instanceId, JSON.parse(text));
    }
  };
}

function createRemovalWriter({ database: { connection }, trimmer }: ChangeWriterOptions) {
  const add = connection.prepare('INSERT INTO removals VALUES (?, ?)');
  return (service: string, atMs: number, draft: Memory): void => {
    const oldestMs = trimmer.removals();
    add.run(service, atMs);
    const kept = draft.removals.filter((other) => other.atMs >= oldestMs);
    draft.removals = [...kept, { service, atMs }];
  };
}
