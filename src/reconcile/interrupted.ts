import type { StoreChange } from '../model/journal.ts';
import type { Clock, Store } from '../ports.ts';
import { eventOf } from './tell.ts';

const MOST_INTERRUPTED = 10_000;

/** Closes the steps that an earlier life began and could not finish; the next look tells what became of them. */
export function closeInterrupted(store: Store, clock: Clock): void {
  const atMs = clock();
  const unfinished = store.journal({ unfinished: true, limit: MOST_INTERRUPTED }).toReversed();
  const changes = unfinished.flatMap((entry): readonly StoreChange[] => {
    const { id, service, workspace, kind, target, cause, planId, revision } = entry;
    const message = 'the manager ended while this step was running';
    const facts = {
      service,
      planId,
      ...(workspace !== undefined && { workspace }),
      ...(revision !== undefined && { revision }),
    };
    const data = { step: kind, target, cause, code: 'INTERRUPTED', message };
    return [
      {
        kind: 'outcome',
        outcome: { intentId: id, result: 'interrupted', atMs, code: 'INTERRUPTED', message },
      },
      { kind: 'event', event: eventOf('step.failed', facts, atMs, data) },
    ];
  });
  store.commit(changes);
}
