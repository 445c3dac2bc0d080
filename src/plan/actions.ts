import type { Action, ChangeDocument, PlanSummary } from '../model/plan-document.ts';
import type { ServicePlan, Step, Wait } from '../model/plan.ts';

/**
 * What applying the plan would do to the service, as `terraform show -json` says it. `delete` is in it
 * exactly when something would be removed, alone only when the service goes as a whole (also one of
 * which nothing is left but what is remembered); `no-op`
 * exactly when nothing would be done (also because a gate or a pause holds it back).
 */
export function actionsOf({ change, road }: ServicePlan): readonly Action[] {
  const reached = beforeBarrier(road);
  const removes = reached.some(({ kind }) => kind === 'remove');
  // An adoption is bookkeeping and may need no step at all.
  if (change === 'import') return removes ? ['import', 'delete'] : ['import'];
  if (change === 'remove' && road.length === 0) return ['delete'];
  if (reached.every((item) => item.kind === 'wait' || isRoutine(item))) return ['no-op'];
  const replaced: readonly Action[] = isSurge(reached)
    ? ['create', 'delete']
    : ['delete', 'create'];
  switch (change) {
    case 'replace':
      return replaced;
    case 'create':
      return removes ? replaced : ['create'];
    case 'remove':
      return ['delete'];
    case 'forget':
      return removes ? ['forget', 'delete'] : ['forget'];
    case 'no-op':
    case 'update':
      return removes ? ['update', 'delete'] : ['update'];
  }
}

/** `pull: always` is looked at again and again: that alone is no change. */
function isRoutine(item: Step | Wait): boolean {
  return item.kind === 'pull' && item.reason === 'pull_because_always';
}

/** The new one runs before the old one stops; a start that is no longer on the road is done. */
function isSurge(road: readonly (Step | Wait)[]): boolean {
  const startAt = road.findIndex(({ kind }) => kind === 'start');
  return startAt < road.findIndex(({ kind }) => kind === 'stop');
}

/** Under which count of the summary a change falls; undefined when nothing happens to the service. */
export function countedAs({ change }: ChangeDocument): keyof PlanSummary | undefined {
  const [first, second] = change.actions;
  if (first === 'no-op' || first === undefined) return undefined;
  if (first === 'delete') return second === undefined ? 'remove' : 'replace';
  if (first === 'create') return second === undefined ? 'create' : 'replace';
  return first;
}

/** What `apply` cannot pass by itself: these need a flag or a command, and so another plan. */
function beforeBarrier(road: readonly (Step | Wait)[]): readonly (Step | Wait)[] {
  const barrier = road.findIndex(
    (item) => item.kind === 'wait' && (item.until === 'allowed' || item.until === 'unpaused'),
  );
  return barrier < 0 ? road : road.slice(0, barrier);
}
