import { randomUUID } from 'node:crypto';
import type { ServiceHistory } from '../model/history.ts';
import type { StoreChange } from '../model/journal.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import { desiredDigest } from '../model/revision.ts';
import type { DesiredService } from '../model/service.ts';
import type { Clock, Store } from '../ports.ts';

/** Who approves, and what it is approved in. */
export interface Approval {
  readonly by: string;
  readonly clock: Clock;
  readonly store: Store;
}

/**
 * Records what a plan holds as approved, service by service; removals too. `desired` is what the
 * documents say now: the plan is not stale, so it is what the plan was made for, whoever had its file.
 * An image that moved is approved as the update that it is.
 */
export function approvalChanges(
  plan: PlanDocument,
  desired: ReadonlyMap<string, DesiredService>,
  approval: Approval,
): readonly StoreChange[] {
  const moved = new Set(
    plan.changes
      .filter(({ actionReason }) => actionReason === 'replace_because_image_moved')
      .map(({ service }) => service),
  );
  return Object.entries(plan.basis).flatMap(([service, basis]): readonly StoreChange[] => {
    const history = approval.store.histories().get(service) ?? {};
    const accepted = basis.desired && desired.get(service);
    if (!accepted) {
      const { acceptedDigest: _digest, ...kept } = history;
      return [{ kind: 'history', service, history: { ...kept, removalApproved: true } }];
    }
    const acceptedDigest = desiredDigest(accepted);
    const { removalApproved: _returned, failure: _failure, ...kept } = history;
    const approved = { ...kept, accepted, acceptedDigest };
    if (moved.has(service)) return updateChanges(service, approved, approval);
    return [{ kind: 'history', service, history: approved }];
  });
}

/** What was pulled is what was approved: it is not pulled once more for it. */
function updateChanges(
  service: string,
  history: ServiceHistory,
  { by, clock }: Approval,
): readonly StoreChange[] {
  const id = randomUUID();
  const { pulled } = history;
  const answered = pulled && { pulled: { ...pulled, answers: [...pulled.answers, id] } };
  return [
    { kind: 'request', request: { kind: 'update', id, service, by, atMs: clock() } },
    { kind: 'history', service, history: { ...history, ...answered } },
  ];
}

/** Lets at most `count` services go by disappearance, for the next ten minutes. */
export function allowanceChange(count: number, { by, clock }: Approval): StoreChange {
  const id = randomUUID();
  return { kind: 'request', request: { kind: 'allow-removals', id, by, atMs: clock(), count } };
}
