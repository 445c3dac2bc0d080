import type { Answers } from '../access-ports.ts';
import type { Clock, Log, Store } from '../ports.ts';
import type { CommitQueue } from './commit-queue.ts';

export interface AnswersOptions {
  readonly store: Pick<Store, 'answer'>;
  readonly commits: CommitQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps answers beside all else that the store holds. */
export function createAnswers({ store, commits, clock, log }: AnswersOptions): Answers {
  return {
    find: (id) => store.answer(id),
    keep: (answer) =>
      commits
        .commit(`answer ${answer.id}`, () => [
          { kind: 'answer', answer: { ...answer, atMs: clock() } },
        ])
        // What was asked is done: it must not be said to have failed.
        .catch((err: unknown) => log.error({ err }, 'an answer could not be kept')),
  };
}
