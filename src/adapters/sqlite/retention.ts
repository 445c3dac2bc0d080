import type { Clock } from '../../ports.ts';
import type { Database } from './database.ts';

/** How much is kept. */
export interface Retention {
  readonly events: number;
  readonly journal: number;
  readonly journalPerService: number;
  readonly removalsMs: number;
  /** Answers to writes, of each who asks. */
  readonly answersPerOwner: number;
  /** Of all answers together. */
  readonly answerBytes: number;
}

/** Enough to replay after an outage of the broker's disk, and for `history`; about 50 MB at most. */
export const RETENTION: Retention = {
  events: 10_000,
  journal: 10_000,
  journalPerService: 100,
  // Far beyond the ten minutes over which removals are counted.
  removalsMs: 24 * 60 * 60 * 1000,
  answersPerOwner: 1_000,
  answerBytes: 32 * 1024 * 1024,
};

/** At most so many rows go in one transaction, so that no commit becomes slow by trimming. */
const BATCH = 500;
/** Trimming in tens instead of one by one; a store may hold so many rows more than promised. */
const SLACK = 50;

export interface Trimmer {
  /** Inside a transaction: events up to `upTo` may go; the last `events` of those stay. */
  events(upTo: number): void;
  /** Inside a transaction, after intents of this service were added. */
  journal(service: string): void;
  /** Inside a transaction: drops old removals and answers since when they are kept. */
  removals(): number;
}

/** Deletes what is beyond the retention, in small batches, within the caller's transaction. */
export function createTrimmer({ connection }: Database, keep: Retention, clock: Clock): Trimmer {
  const oldest = connection.prepare('SELECT min(number) AS number FROM events');
  const dropEvents = connection.prepare('DELETE FROM events WHERE number <= ?');
  const dropOfService = connection.prepare(
    `DELETE FROM journal WHERE position IN (SELECT position FROM journal WHERE service = ?
      ORDER BY position DESC LIMIT ${BATCH} OFFSET ?)`,
  );
  const newest = connection.prepare('SELECT max(position) AS position FROM journal');
  const dropJournal = connection.prepare(
    `DELETE FROM journal WHERE position IN (SELECT position FROM journal
      ORDER BY position DESC LIMIT ${BATCH} OFFSET ?)`,
  );
  const dropRemovals = connection.prepare('DELETE FROM removals WHERE at_ms < ?');
  return {
    events(upTo) {
      const first = oldest.get()?.['number'];
      const last = upTo - keep.events;
      if (typeof first !== 'number' || last - first < SLACK) return;
      dropEvents.run(Math.min(last, first + BATCH));
    },
    journal(service) {
      dropOfService.run(service, keep.journalPerService);
      // Finding the surplus walks the whole index: not at every step.
      if (Number(newest.get()?.['position']) % SLACK === 0) dropJournal.run(keep.journal);
    },
    removals() {
      const sinceMs = clock() - keep.removalsMs;
      dropRemovals.run(sinceMs);
      return sinceMs;
    },
  };
}
