import { isUp } from '../model/instance.ts';
import type {
  ChangeKind,
  Drift,
  Gate,
  Reason,
  Step,
  Target,
  Verdict,
  Wait,
} from '../model/plan.ts';
import type { DesiredService } from '../model/service.ts';
import type { ServiceState } from '../model/status.ts';
import type { Located } from './locate.ts';

/** What was decided for one service, before it is put into words and status. */
export interface Decision {
  readonly change: ChangeKind;
  readonly reason: Reason;
  /** Why it changes; empty for a no-op. */
  readonly cause: string;
  readonly road: readonly (Step | Wait)[];
  readonly state: ServiceState;
  /** Why it is in this state; empty when all is well. */
  readonly stateCause: string;
  /** Since when, where that follows from no step. */
  readonly sinceMs?: number;
  readonly drift?: readonly Drift[];
  readonly gate?: Gate;
  readonly replacePaths?: readonly string[];
  readonly spent?: readonly string[];
  readonly verdict?: Verdict;
  /** The instance that serves or shall serve. */
  readonly current?: Located;
  /** The one of the wanted release that most needs a hand; `current` where this is absent. */
  readonly tried?: Located;
  /** All instances that serve or shall serve; only `current` where this is absent. */
  readonly kept?: readonly Located[];
  /** Old ones that serve on meanwhile, with the version that each is of. */
  readonly beside?: readonly { readonly instance: Located; readonly version: DesiredService }[];
}

/** A decision to do nothing for now, with the reason that people read. */
export function holdStill(
  state: ServiceState,
  wait: Omit<Wait, 'kind'>,
  rest: Partial<Decision> = {},
): Decision {
  return {
    change: 'no-op',
    reason: 'no_change',
    cause: '',
    road: [{ kind: 'wait', ...wait }],
    state,
    stateCause: wait.cause,
    ...rest,
  };
}

/** Stop (where it runs) and remove: the end of an instance. */
export function removeInstance(
  instance: Located,
  { reason, cause, graceMs, volumes = [] }: RemoveInstance,
): readonly Step[] {
  return [
    ...stopInstance(instance, { reason, cause, graceMs }),
    {
      kind: 'remove',
      runtime: instance.runtime,
      target: toTarget(instance),
      volumes,
      reason,
      cause,
    },
  ];
}

export interface RemoveInstance {
  readonly reason: Reason;
  readonly cause: string;
  readonly graceMs: number;
  /** By their names in the fleet. */
  readonly volumes?: readonly string[];
}

/** A stop where the instance is up, nothing where it is down. */
export function stopInstance(
  instance: Located,
  { reason, cause, graceMs }: Omit<RemoveInstance, 'volumes'>,
): readonly Step[] {
  if (!isUp(instance)) return [];
  const target = toTarget(instance);
  return [{ kind: 'stop', runtime: instance.runtime, target, graceMs, reason, cause }];
}

export function toTarget({ id, name, adopted }: Located): Target {
  return { id, name, ...(adopted && { adopted }) };
}
