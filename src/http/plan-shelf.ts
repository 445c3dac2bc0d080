import { AppError } from '../errors.ts';
import type { PlanDocument } from '../model/plan-document.ts';

const MOST_PLANS = 100;
/** A plan is stale long before. */
const KEPT_MS = 60 * 60 * 1000;
/** Services in all plans together, at some KiB each. */
const MOST_ENTRIES = 20_000;

/** Plans that were made over the API, for who wants to read or apply them by their id. */
export interface PlanShelf {
  keep(plan: PlanDocument): void;
  /** Throws PLAN_UNKNOWN. */
  get(planId: string): PlanDocument;
}

interface Kept {
  readonly plan: PlanDocument;
  readonly untilMs: number;
  readonly entries: number;
}

/** Keeps the last ones in memory: a restart of the manager makes every plan stale that matters. */
export function createPlanShelf(nowMs: () => number = () => performance.now()): PlanShelf {
  const kept = new Map<string, Kept>();

  /** The oldest go first: a map is in the order in which it was filled. */
  function trim(): void {
    let entries = [...kept.values()].reduce((sum, one) => sum + one.entries, 0);
    for (const [planId, oldest] of kept) {
      const isOver = kept.size > MOST_PLANS || (entries > MOST_ENTRIES && kept.size > 1);
      if (!isOver && oldest.untilMs > nowMs()) return;
      kept.delete(planId);
      entries -= oldest.entries;
    }
  }

  return {
    keep(plan) {
      const entries = plan.changes.length + Object.keys(plan.basis).length;
      kept.set(plan.planId, { plan, untilMs: nowMs() + KEPT_MS, entries });
      trim();
    },
    get(planId) {
      trim();
      const found = kept.get(planId);
      if (found) return found.plan;
      throw new AppError('PLAN_UNKNOWN', `there is no plan ${planId}, or no longer`, {
        hint: 'POST /v1/plan makes one, which is kept for an hour',
      });
    },
  };
}
