import type { StoredEvent } from '../../ports.ts';
import type { Database } from './database.ts';

/** How many events are renumbered at a time: bounds the memory, not the work. */
const AT_ONCE = 500;

/** Counts one more event of a subject, or of the fleet. */
export type NextSequence = (subject: string | undefined) => number;

export interface Renewal {
  readonly producer: string;
  readonly after: number;
  readonly events: (after: number, limit: number) => readonly StoredEvent[];
  readonly nextSequence: NextSequence;
}

/** Inside a transaction: numbers the events above `after` from 1 under the new producer; the others go. */
export function createRenewal({ connection }: Database): (renewal: Renewal) => void {
  const drop = connection.prepare('DELETE FROM events WHERE number <= ?');
  const move = connection.prepare('UPDATE events SET number = ?, event = ? WHERE number = ?');
  const setLast = connection.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'events'");
  return ({ producer, after, events, nextSequence }) => {
    connection.exec('DELETE FROM sequences');
    drop.run(after);
    let count = 0;
    let batch = events(after, AT_ONCE);
    while (batch.length > 0) {
      for (const { number, event } of batch) {
        count += 1;
        const sequence = String(nextSequence(event.subject));
        const renewed = { ...event, id: `${producer}/${count}`, sequence };
        // Upwards, and never above its old number: the place is always free.
        move.run(count, JSON.stringify(renewed), number);
      }
      batch = events(batch.at(-1)?.number ?? 0, AT_ONCE);
    }
    setLast.run(count);
  };
}
