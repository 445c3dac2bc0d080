import { ANSWERS_KEPT_MS, type KeptAnswer } from '../../model/kept-answer.ts';
import type { Clock } from '../../ports.ts';
import type { Database } from './database.ts';
import type { Retention } from './retention.ts';

export interface Answers {
  /** Undefined for one that is too old. */
  find(id: string): KeptAnswer | undefined;
  /** Inside a transaction. */
  keep(answer: KeptAnswer): void;
}

/** The answers of an opened database; the oldest go, first those of who asked most. */
export function createAnswers(
  { connection }: Database,
  { answersPerOwner, answerBytes }: Retention,
  clock: Clock,
): Answers {
  const select = connection.prepare('SELECT answer FROM answers WHERE id = ? AND at_ms > ?');
  const set = connection.prepare('INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)');
  const dropOld = connection.prepare('DELETE FROM answers WHERE at_ms <= ?');
  const dropOfOwner = connection.prepare(
    `DELETE FROM answers WHERE id IN (SELECT id FROM answers WHERE owner = ?
      ORDER BY at_ms DESC LIMIT -1 OFFSET ?)`,
  );
  const total = connection.prepare('SELECT sum(bytes) AS bytes FROM answers');
  const dropOldest = connection.prepare(
    'DELETE FROM answers WHERE id = (SELECT id FROM answers ORDER BY at_ms LIMIT 1)',
  );
  return {
    find(id) {
      const text = select.get(id, clock() - ANSWERS_KEPT_MS)?.['answer'];
      return text === undefined ? undefined : JSON.parse(String(text));
    },
    keep(answer) {
      const { id, owner, atMs } = answer;
      const text = JSON.stringify(answer);
      dropOld.run(clock() - ANSWERS_KEPT_MS);
      set.run(id, owner, atMs, text.length, text);
      dropOfOwner.run(owner, answersPerOwner);
      while (Number(total.get()?.['bytes']) > answerBytes) dropOldest.run();
    },
  };
}
