import type { PlanDocument, StepDocument } from '../model/plan-document.ts';
import type { ServicePlan, Step } from '../model/plan.ts';

/**
 * What an apply may do where no manager runs: the steps of the plan that was approved, each kind as often
 * as it stands there. What fails may be tried again; what comes on top is left to whoever plans anew.
 */
export interface Errand {
  has(service: string): boolean;
  /** Of these steps, in order, those that may be done now. */
  allowed(service: string, steps: readonly Step[]): readonly Step[];
  /** These have succeeded. */
  done(service: string, steps: readonly Step[]): void;
  /** What is planned for these services now. */
  saw(plans: readonly ServicePlan[]): void;
  /** Whether the next step of a service, as it was seen last, is none of the plan's: nobody will do it. */
  isOver(service: string): boolean;
}

/** A manager does whatever is planned. */
export const WHATEVER_IS_PLANNED: Errand = {
  has: () => true,
  allowed: (_service, steps) => steps,
  done: () => {},
  saw: () => {},
  isOver: () => false,
};

/** What is asked of other services than those that the plan touches is only to look at them. */
export function createErrand({ basis, changes }: PlanDocument, names: ReadonlySet<string>): Errand {
  const left = new Map(
    changes
      .filter(({ service }) => basis[service] !== undefined)
      .map(({ service, steps }) => [
        service,
        countSteps(steps, basis[service]?.observed.length ?? 0),
      ]),
  );
  const over = new Map<string, boolean>();
  const countOf = (service: string, kind: string): number => left.get(service)?.get(kind) ?? 0;
  // Whether something is left over that nothing uses shows only when all else is done.
  const isHeld = (service: string, kind: string, count: number): boolean =>
    kind === 'prune' ? left.has(service) : count <= countOf(service, kind);

  function allowed(service: string, steps: readonly Step[]): readonly Step[] {
    const wanted = new Map<string, number>();
    const end = steps.findIndex(({ kind }) => {
      const count = (wanted.get(kind) ?? 0) + 1;
      wanted.set(kind, count);
      return !isHeld(service, kind, count);
    });
    return end < 0 ? steps : steps.slice(0, end);
  }

  return {
    has: (service) => names.has(service),
    allowed,
    done(service, steps) {
      for (const { kind } of steps) left.get(service)?.set(kind, countOf(service, kind) - 1);
    },
    saw(plans) {
      for (const { name, road } of plans) {
        const next = road.find((item) => item.kind !== 'wait');
        over.set(name, next !== undefined && allowed(name, [next]).length === 0);
      }
    },
    isOver: (service) => over.get(service) ?? false,
  };
}

/**
 * That another image replaces what runs is a part of what was approved, though only the pull shows it: the
 * steps of one replacement, with as many instances to stop and remove as there were.
 */
function countSteps(steps: readonly StepDocument[], instances: number): Map<string, number> {
  const counts = countKinds(steps);
  const isOpen = steps.some(({ kind, target }) => kind === 'wait' && target === 'pulled');
  if (!isOpen || counts.has('create')) return counts;
  const made = Math.max(1, instances);
  // Twice for each: to the new one, and once the last sessions of the old one have ended.
  const route = 2 * made;
  const more = { pull: 1, create: made, start: made, route, stop: instances, remove: instances };
  for (const [kind, count] of Object.entries(more)) {
    counts.set(kind, (counts.get(kind) ?? 0) + count);
  }
  return counts;
}

function countKinds(steps: readonly { readonly kind: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of steps) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
