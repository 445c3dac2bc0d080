import type { ServiceHistory } from '../model/history.ts';
import type { StoreChange } from '../model/journal.ts';
import type { ServicePlan, Verdict } from '../model/plan.ts';
import { recordVerdict } from '../plan/outcome.ts';
import { eventOf, factsOf, type MotionFacts } from './tell.ts';

export interface VerdictFacts {
  readonly nowMs: number;
  readonly commit?: string;
  /** As it stands once the changes before these are written. */
  readonly historyOf: (service: string) => ServiceHistory;
}

/** What a pass has found out about releases, to be remembered before anything is done about it. */
export function verdictChanges(
  planned: readonly ServicePlan[],
  facts: VerdictFacts,
): readonly StoreChange[] {
  return planned.flatMap((service): readonly StoreChange[] => {
    const { name, verdict } = service;
    if (!verdict) return [];
    const history = recordVerdict(facts.historyOf(name), verdict);
    const change = { kind: 'history', service: name, history } as const;
    if (verdict.kind === 'good') return [change];
    return [change, { kind: 'event', event: rolledBack(service, verdict, facts) }];
  });
}

function rolledBack(
  { status, after }: ServicePlan,
  { release, to }: Extract<Verdict, { kind: 'condemned' }>,
  { nowMs, commit }: VerdictFacts,
) {
  const about: Partial<MotionFacts> = {
    ...factsOf(status),
    ...(after && { revision: after.revision }),
    ...(commit !== undefined && { commit }),
  };
  const data = { release: release.release, to, cause: release.cause };
  return eventOf('service.rolledback', about, nowMs, data);
}
