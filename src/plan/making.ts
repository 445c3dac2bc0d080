import type { Step } from '../model/plan.ts';
import { stopInstance, toTarget } from './decision.ts';
import { freeNames } from './free-name.ts';
import { imageToMake, newRelease } from './image.ts';
import type { Located } from './locate.ts';
import { LIMITS_DRIFTED, needOf } from './motive.ts';
import { compare } from './order.ts';
import { pullBeforeCreate } from './pull.ts';
import { updatesOf } from './pulled.ts';
import type { Leg, Situation } from './road.ts';
import { knownVersions } from './secret-versions.ts';
import { isLimit } from './sort-instances.ts';

/** An instance that is to run, and how it comes to that from what it is now. */
export interface Slot {
  readonly name: string;
  /** Before the old ones stop: pull, create. */
  readonly prepare: Leg;
  /** Stop, where it must, and start. */
  readonly start: Leg;
}

/**
 * What is missing to the wanted number: the image is pulled once, before the first, and one more of
 * several is made of what its siblings run. `leaving` goes before.
 */
export function missingSlots(
  situation: Situation,
  leaving: readonly Located[] = [],
): readonly Slot[] {
  const { view, desired, sorted, input, motive } = situation;
  const count = desired.replicas - sorted.kept.length;
  if (count <= 0) return [];
  const sibling = siblingOf(situation);
  const release = sibling?.release ?? newRelease(view, desired, input);
  const why = { reason: motive.reason, cause: motive.cause };
  const pulls = sibling ? [] : pullBeforeCreate({ view, desired, input }, why);
  const names = freeNames({ view, desired, release, input, count, leaving });
  return names.map((name, index) => ({
    name,
    prepare: [...(index === 0 ? pulls : []), createStep(situation, { name, release })],
    start: [{ kind: 'start', runtime: desired.runtime, target: { name }, ...why }],
  }));
}

function createStep(
  situation: Situation,
  { name, release }: { readonly name: string; readonly release: string },
): Step {
  const { view, desired, input, motive } = situation;
  const imageId = siblingOf(situation)?.imageId ?? imageToMake(view, desired, input);
  return {
    kind: 'create',
    runtime: desired.runtime,
    target: { name },
    release,
    ...(imageId !== undefined && { imageId }),
    secretVersions: knownVersions(desired, input),
    service: desired,
    reason: motive.reason,
    cause: motive.cause,
  };
}

/** Not where a create has failed: its image may have gone from the store; nor where another may be the newest. */
function siblingOf({ view, desired, sorted }: Situation): Located | undefined {
  const isGone = view.history.failure?.step === 'create';
  if (isGone || updatesOf(view, desired).open.length > 0) return undefined;
  return sorted.kept.toSorted((a, b) => compare(a.name, b.name)).find(({ adopted }) => !adopted);
}

/** An instance that is there; without a step where it runs and need not start again. */
export function slotOf(situation: Situation, instance: Located): Slot {
  const { desired, motive } = situation;
  const own = needOf(situation, instance);
  const { name, state } = instance;
  if (state === 'running' && !own?.restarts) return { name, prepare: [], start: [] };
  const { reason, cause } = own && state !== 'created' ? own : motive;
  const graceMs = desired.rollout.drainMs;
  const stop = stopInstance(instance, { reason, cause, graceMs });
  const { runtime } = desired;
  const start: Step = { kind: 'start', runtime, target: toTarget(instance), reason, cause };
  return { name, prepare: [], start: [...stop, start] };
}

/** Limits come back while the instance runs. */
export function limitSteps({ desired }: Situation, instance: Located): readonly Step[] {
  if (!instance.drift.some(({ path }) => isLimit(path))) return [];
  const { resources } = desired.spec;
  const why = { reason: 'update_because_drifted', cause: LIMITS_DRIFTED } as const;
  return [
    { kind: 'update', runtime: instance.runtime, target: toTarget(instance), resources, ...why },
  ];
}
