import type { SQLOutputValue } from 'node:sqlite';
import type { Intent, JournalEntry, JournalQuery, Outcome } from '../../model/journal.ts';
import type { Database } from './database.ts';

/** Reads the journal, newest first. */
export function createJournalReader(
  database: Database,
): (query: JournalQuery) => readonly JournalEntry[] {
  const { connection } = database;
  return (query) =>
    database.read(() => {
      const { where, values } = toFilter(query);
      const select = `SELECT intent, outcome FROM journal ${where} ORDER BY position DESC LIMIT ?`;
      return connection
        .prepare(select)
        .all(...values, query.limit)
        .map(toEntry);
    });
}

function toFilter({ service, workspace, unfinished = false }: JournalQuery) {
  const conditions = [
    ...(service === undefined ? [] : ['service = ?']),
    ...(workspace === undefined ? [] : ['workspace = ?']),
    ...(unfinished ? ['outcome IS NULL'] : []),
  ];
  return {
    where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`,
    values: [service, workspace].filter((value) => value !== undefined),
  };
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
