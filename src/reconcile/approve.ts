import type { StoreChange } from '../model/journal.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import { desiredDigest } from '../model/revision.ts';
import type { DesiredService } from '../model/service.ts';
import type { Clock, Store } from '../ports.ts';

/**
 * Records what a plan holds as approved, service by service; removals too. `desired` is what the
 * documents say now: the plan is not stale, so it is what the plan was made for, whoever had its file.
 */
export function approvalChanges(
  plan: PlanDocument,
  desired: ReadonlyMap<string, DesiredService>,
  store: Store,
): readonly StoreChange[] {
  return Object.entries(plan.basis).map(([service, basis]): StoreChange => {
    const history = store.histories().get(service) ?? {};
    const accepted = basis.desired && desired.get(service);
    if (accepted) {
      const acceptedDigest = desiredDigest(accepted);
      const { removalApproved: _returned, failure: _failure, ...kept } = history;
      return { kind: 'history', service, history: { ...kept, accepted, acceptedDigest } };
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
