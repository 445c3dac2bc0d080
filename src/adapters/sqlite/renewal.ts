import type { StoredEvent } from '../../ports.ts';
import type { Database } from './database.ts';

/** How many events are rewritten at a time: bounds the memory, not the work. */
const AT_ONCE = 500;

/** Counts one more event of a subject, or of the fleet. */
export type NextSequence = (subject: string | undefined) => number;

export interface Renewal {
  readonly producer: string;
  readonly after: number;
  readonly events: (after: number, limit: number) => readonly StoredEvent[];
  readonly nextSequence: NextSequence;
}

/**
 * Inside a transaction: the events above `after` become the new producer's and count their subjects
 * from 1 again; the others go. Numbers stay, so whoever reads after a number misses nothing.
 */
export function createRenewal({ connection }: Database): (renewal: Renewal) => void {
  const drop = connection.prepare('DELETE FROM events WHERE number <= ?');
  const rewrite = connection.prepare('UPDATE events SET event = ? WHERE number = ?');
  return ({ producer, after, events, nextSequence }) => {
    connection.exec('DELETE FROM sequences');
    drop.run(after);
    let batch = events(after, AT_ONCE);
    while (batch.length > 0) {
      for (const { number, event } of batch) {
        const sequence = String(nextSequence(event.subject));
        rewrite.run(JSON.stringify({ ...event, id: `${producer}/${number}`, sequence }), number);
      }
      batch = events(batch.at(-1)?.number ?? 0, AT_ONCE);
    }
  };
}
