import type { Reason, Step, Wait } from '../model/plan.ts';
import type { DesiredService } from '../model/service.ts';
import { judge } from './check.ts';
import type { PlanInput } from './input.ts';
import type { Located } from './locate.ts';
import type { Motive } from './motive.ts';
import { isTarget } from './routing.ts';
import type { SortedInstances } from './sort-instances.ts';
import type { ServiceView } from './view.ts';

export interface Situation {
  readonly view: ServiceView;
  readonly desired: DesiredService;
  readonly sorted: SortedInstances;
  readonly motive: Motive;
  readonly input: PlanInput;
}

export type Leg = readonly (Step | Wait)[];

/** The way of one service in three legs. A hold stands before `making`: nothing is made meanwhile. */
export interface Road {
  readonly first: Leg;
  /** Until something new, or again, runs. */
  readonly making: Leg;
  /** Until it has the traffic and nothing else is left. */
  readonly rest: Leg;
}

export interface Why {
  readonly reason: Reason;
  readonly cause: string;
}

/**
 * It runs and passes. What has the traffic and was not checked since the manager started counts as it
 * was, until a check fails.
 */
export function isReady({ view, input }: Situation, instance: Located): boolean {
  if (instance.state !== 'running') return false;
  const health = judge(view, instance, input);
  if (health.kind === 'passed') return true;
  const isUnchecked = health.kind === 'unverified' && health.message === '';
  return isUnchecked && isTarget(view.routes, instance.name);
}

/** What has the traffic as far as anybody knows does not stop before it is known to be elsewhere. */
export function unobservedWait({ input: { routes } }: Situation): readonly Wait[] {
  if (routes.ok) return [];
  return [{ kind: 'wait', until: 'observed', cause: `not routed: ${routes.cause}` }];
}
