import type { PlanInput } from '../plan/input.ts';
import type { Log } from '../ports.ts';

/** What a runtime cannot hold is said once, and is no drift. */
export function createLimitationTeller(log: Log): (input: PlanInput) => void {
  const told = new Set<string>();
  return ({ observations }) => {
    for (const [runtime, seen] of observations) {
      const news = seen.ok ? seen.limitations.filter((text) => !told.has(text)) : [];
      for (const text of news) log.info({ runtime }, text);
      for (const text of news) told.add(text);
    }
  };
}
