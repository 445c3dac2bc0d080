import type { LeftAlone } from '../model/plan.ts';
import type { ServiceStatus } from '../model/status.ts';
import { isGone } from '../plan/removal.ts';
import type { Decided } from './decide.ts';
import type { Look } from './gather.ts';

/** What is said to people, by the last look. */
export interface Shown {
  statuses(): ReadonlyMap<string, ServiceStatus>;
  /** What was seen and is never touched. */
  leftAlone(): readonly LeftAlone[];
  update(decided: Decided, look: Look): void;
}

export function createShown(): Shown {
  const statuses = new Map<string, ServiceStatus>();
  let leftAlone: readonly LeftAlone[] = [];
  return {
    statuses: () => statuses,
    leftAlone: () => leftAlone,
    update({ plan, shown }, look) {
      if (look.scope === 'all') statuses.clear();
      else for (const name of look.scope) statuses.delete(name);
      for (const service of shown) {
        if (!isGone(service)) statuses.set(service.name, service.status);
      }
      leftAlone = merge(leftAlone, plan.leftAlone, look);
    },
  };
}

/** Volumes are seen by deep looks only, and what is nobody's by looks at everything. */
function merge(
  before: readonly LeftAlone[],
  now: readonly LeftAlone[],
  { scope, deep }: Look,
): readonly LeftAlone[] {
  if (scope !== 'all') return before;
  return deep ? now : [...now, ...before.filter(({ kind }) => kind === 'volume')];
}
