import type { ServicePlan } from '../model/plan.ts';
import type { ServiceStatus } from '../model/status.ts';
import type { Look } from './gather.ts';

/** What is said of each service now, by its last look. */
export interface StatusBoard {
  show(services: readonly ServicePlan[], look: Look): void;
  statuses(): ReadonlyMap<string, ServiceStatus>;
}

export function createStatusBoard(lookAtAll: () => void): StatusBoard {
  const statuses = new Map<string, ServiceStatus>();
  return {
    statuses: () => statuses,
    show(services, { scope }) {
      const before = new Map(statuses);
      if (scope === 'all') statuses.clear();
      else for (const name of scope) statuses.delete(name);
      for (const { name, status, gate } of services) {
        // One service alone cannot be let go: what the last look at all said of it holds, or another is due.
        const isUnseen = gate?.code === 'REMOVAL_UNSEEN';
        const last = isUnseen ? before.get(name) : undefined;
        const isJudged = last?.state === 'Blocked';
        statuses.set(name, isJudged ? withCause(status, last.cause) : status);
        if (isUnseen && !isJudged) lookAtAll();
      }
    },
  };
}

/** What is seen now, for the reason that was found before. */
function withCause(status: ServiceStatus, cause: string): ServiceStatus {
  const conditions = status.conditions.map((condition) =>
    condition.message === status.cause ? { ...condition, message: cause } : condition,
  );
  return { ...status, cause, conditions };
}
