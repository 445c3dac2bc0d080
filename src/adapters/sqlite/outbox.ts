import { randomUUID } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import type { StoredEvent } from '../../ports.ts';
import type { Database } from './database.ts';

/** The events in the order of their numbers, and how far they are delivered. */
export interface Outbox {
  readonly producer: string;
  readonly deliveredUpTo: number;
  /** The highest number ever given; 0 at first. */
  lastNumber(): number;
  events(after: number, limit: number): readonly StoredEvent[];
  /** `within` runs in the same transaction. Nothing is written when nothing moves. */
  setDelivered(number: number, within: () => void): void;
}

/** Reads the outbox; at the first open it names the producer, for good. */
export function openOutbox(database: Database): Outbox {
  const { connection } = database;
  const getFact = connection.prepare('SELECT value FROM facts WHERE name = ?');
  const addFact = connection.prepare('INSERT INTO facts VALUES (?, ?) ON CONFLICT DO NOTHING');
  const setFact = connection.prepare('INSERT OR REPLACE INTO facts VALUES (?, ?)');
  const highest = connection.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'");
  const select = connection.prepare(
    'SELECT * FROM events WHERE number > ? ORDER BY number LIMIT ?',
  );

  if (getFact.get('producer') === undefined) {
    database.write(() => addFact.run('producer', randomUUID()));
  }
  const producer = String(getFact.get('producer')?.['value']);
  let deliveredUpTo = Number(getFact.get('delivered')?.['value'] ?? 0);

  return {
    producer,
    get deliveredUpTo() {
      return deliveredUpTo;
    },
    lastNumber: () => Number(highest.get()?.['seq'] ?? 0),
    events: (after, limit) => database.read(() => select.all(after, limit).map(toStoredEvent)),
    setDelivered(number, within) {
      if (number === deliveredUpTo) return;
      database.write(() => {
        setFact.run('delivered', String(number));
        within();
      });
      deliveredUpTo = number;
    },
  };
}

function toStoredEvent(row: Record<string, SQLOutputValue>): StoredEvent {
  return { number: Number(row['number']), event: JSON.parse(String(row['event'])) };
}
