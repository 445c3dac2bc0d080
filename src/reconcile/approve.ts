import type { StoreChange } from '../model/journal.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import { desiredDigest } from '../model/revision.ts';
import type { Clock, Store } from '../ports.ts';

/** Records the versions that a plan holds as approved, service by service; removals too. */
export function approvalChanges(plan: PlanDocument, store: Store): readonly StoreChange[] {
  return Object.entries(plan.basis).map(([service, { desired }]): StoreChange => {
    const history = store.histories().get(service) ?? {};
    if (desired) {
      const acceptedDigest = desiredDigest(desired);
      const { removalApproved: _returned, failure: _failure, ...kept } = history;
      return { kind: 'history', service, history: { ...kept, accepted: desired, acceptedDigest } };
    }
    const { acceptedDigest: _digest, ...kept } = history;
    return { kind: 'history', service, history: { ...kept, removalApproved: true } };
  });
}

/** Lets at most `count` services go by disappearance, for the next ten minutes. */
export function allowanceChange(
  count: number,
  { id, by, clock }: { id: string; by: string; clock: Clock },
): StoreChange {
  return { kind: 'request', request: { kind: 'allow-removals', id, by, atMs: clock(), count } };
}
