import type { SQLOutputValue } from 'node:sqlite';
import type { Intent, JournalEntry, JournalQuery, Outcome } from '../../model/journal.ts';
import type { Database } from './database.ts';

/** Reads the journal, newest first. */
export function createJournalReader(
  database: Database,
): (query: JournalQuery) => readonly JournalEntry[] {
  const { connection } = database;
  const all = connection.prepare(toQuery(''));
  const ofService = connection.prepare(toQuery('WHERE service = ?'));
  const unfinished = connection.prepare(toQuery('WHERE outcome IS NULL'));
  const unfinishedOfService = connection.prepare(toQuery('WHERE service = ? AND outcome IS NULL'));
  return ({ service, unfinished: onlyUnfinished = false, limit }) =>
    database.read(() => {
      const rows =
        service === undefined
          ? (onlyUnfinished ? unfinished : all).all(limit)
          : (onlyUnfinished ? unfinishedOfService : ofService).all(service, limit);
      return rows.map(toEntry);
    });
}

function toQuery(where: string): string {
  return `SELECT intent, outcome FROM journal ${where} ORDER BY position DESC LIMIT ?`;
}

function toEntry(row: Record<string, SQLOutputValue>): JournalEntry {
  const intent: Intent = JSON.parse(String(row['intent']));
  if (row['outcome'] === null) return intent;
  const { result, atMs, code, message }: Outcome = JSON.parse(String(row['outcome']));
  return {
    ...intent,
    result,
    endedAtMs: atMs,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  };
}
