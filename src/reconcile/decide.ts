import type { Parts } from '../model/parts.ts';
import type { Plan, ServicePlan } from '../model/plan.ts';
import type { DesiredService } from '../model/service.ts';
import { toApproved, versionsInForce, withPending } from '../plan/approval.ts';
import type { PlanInput } from '../plan/input.ts';
import { planInParts } from '../plan/plan.ts';
import { takeTurns } from './take-turns.ts';

/** What a pass sets in motion, and what people are shown. The same plan unless changes wait for approval. */
export interface Decided {
  readonly plan: Plan;
  readonly shown: readonly ServicePlan[];
  /** The versions that hold from now on; what is left out holds as it was recorded last. */
  readonly inForce: readonly DesiredService[];
}

/** Other work gets its turn between the parts of a plan: that of a large fleet takes tens of milliseconds. */
export function decide(input: PlanInput, mode: 'auto' | 'approve'): Promise<Decided> {
  return takeTurns(decideInParts(input, mode));
}

function* decideInParts(input: PlanInput, mode: 'auto' | 'approve'): Parts<Decided> {
  if (mode === 'auto') {
    const decided = yield* planInParts(input);
    return { plan: decided, shown: decided.services, inForce: input.desired.services };
  }
  const approved = toApproved(input);
  const healing = yield* planInParts(approved);
  const healed = new Map(healing.services.map((service) => [service.name, service]));
  const proposed = yield* planInParts(input);
  const names = new Set(proposed.services.map(({ name }) => name));
  const shown = [
    ...proposed.services.map((service) => withPending(healed.get(service.name), service)),
    ...healing.services.filter(({ name }) => !names.has(name)),
  ];
  const inForce = versionsInForce(approved.desired, { input, proposed, healing });
  return { plan: healing, shown, inForce };
}
