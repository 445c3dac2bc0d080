import { randomUUID } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import { toCloudEvent, type NewEvent } from '../../model/event.ts';
import type { StoredEvent } from '../../ports.ts';
import type { Database } from './database.ts';
import { createFacts, type Facts } from './facts.ts';
import { createRenewal, type NextSequence } from './renewal.ts';

/** The events in the order of their numbers, and how far they are delivered. */
export interface Outbox {
  readonly producer: string;
  readonly deliveredUpTo: number;
  /** The highest number ever given; 0 at first. */
  lastNumber(): number;
  events(after: number, limit: number): readonly StoredEvent[];
  /** Inside a transaction: gives the event its number and its place among those of its subject. */
  add(event: NewEvent): void;
  /** `within` runs in the same transaction. Nothing is written when nothing moves. */
  setDelivered(number: number, within: () => void): void;
  /** A new uuid, also for what is undelivered; what is delivered goes. */
  renewProducer(): void;
}

/** Reads the outbox; at the first open it names the producer. */
export function openOutbox(database: Database, source: string): Outbox {
  const { connection } = database;
  const facts = createFacts(database);
  const highest = connection.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'");
  const select = connection.prepare(
    'SELECT * FROM events WHERE number > ? ORDER BY number LIMIT ?',
  );
  const insert = connection.prepare('INSERT INTO events VALUES (?, ?)');
  const nextSequence = createSequences(database);
  const renew = createRenewal(database);
  let producer = facts.get('producer') ?? nameProducer(database, facts);
  let deliveredUpTo = Number(facts.get('delivered') ?? 0);
  const lastNumber = () => Number(highest.get()?.['seq'] ?? 0);
  const events = (after: number, limit: number) => select.all(after, limit).map(toStoredEvent);

  return {
    get producer() {
      return producer;
    },
    get deliveredUpTo() {
      return deliveredUpTo;
    },
    lastNumber: () => database.read(lastNumber),
    events: (after, limit) => database.read(() => events(after, limit)),
    add(event) {
      const number = lastNumber() + 1;
      const position = { producer, number, sequence: nextSequence(event.subject), source };
      insert.run(number, JSON.stringify(toCloudEvent(event, position)));
    },
    setDelivered(number, within) {
      if (number === deliveredUpTo) return;
      database.write(() => {
        facts.set('delivered', String(number));
        within();
      });
      deliveredUpTo = number;
    },
    renewProducer() {
      const next = randomUUID();
      database.write(() => {
        facts.set('producer', next);
        facts.set('delivered', '0');
        renew({ producer: next, after: deliveredUpTo, events, nextSequence });
      });
      producer = next;
      deliveredUpTo = 0;
    },
  };
}

/** Looks again inside the transaction: of two that open a new file at once, one names it. */
function nameProducer(database: Database, facts: Facts): string {
  return database.write(() => {
    const producer = facts.get('producer') ?? randomUUID();
    facts.set('producer', producer);
    return producer;
  });
}

function createSequences({ connection }: Database): NextSequence {
  const next = connection.prepare(
    'INSERT INTO sequences VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last',
  );
  return (subject) => Number(next.get(subject ?? '')?.['last']);
}

function toStoredEvent(row: Record<string, SQLOutputValue>): StoredEvent {
  return { number: Number(row['number']), event: JSON.parse(String(row['event'])) };
}
