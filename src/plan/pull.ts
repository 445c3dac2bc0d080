import type { Reason, Step, Wait } from '../model/plan.ts';
import type { DesiredService } from '../model/service.ts';
import { waitAfter } from './failure-wait.ts';
import { approvedImage, meaningOf } from './image.ts';
import type { PlanInput } from './input.ts';
import { isRecent, pulledFor, updatesOf } from './pulled.ts';
import type { ServiceView } from './view.ts';

interface PullInput {
  readonly view: ServiceView;
  readonly desired: DesiredService;
  readonly input: PlanInput;
}

interface Why {
  readonly reason: Reason;
  readonly cause: string;
}

/**
 * What stands before every create: the image is there before anything is stopped. Which one it will be
 * is known after the pull where a registry is asked in any case.
 */
export function pullBeforeCreate(situation: PullInput, why: Why): readonly (Step | Wait)[] {
  const { view, desired, input } = situation;
  const { image } = desired.spec;
  const pulled = pulledFor(view, desired);
  const isDone = pulled && !pulled.used && isRecent(pulled, input.nowMs);
  const asked = updatesOf(view, desired).open.length > 0;
  if (image === undefined || (isDone && !asked)) return [];
  const policy = policyFor(situation, asked);
  const pull: Step = { kind: 'pull', runtime: desired.runtime, image, policy, ...why };
  return policy === 'always' ? [pull, KNOWN_THEN] : [pull];
}

/** A look whether the image of what runs has moved. */
export interface ImageLook {
  /** Before everything else: to pull, and to see what that changes. */
  readonly first: readonly (Step | Wait)[];
  /** After everything else: what waits until it is tried again. */
  readonly later: readonly (Step | Wait)[];
  /** Why it could not be looked at. */
  readonly trouble?: string;
}

const NOTHING: ImageLook = { first: [], later: [] };

/** Somebody asked whether the image moved: at once. `rest` is all else that there is to do. */
export function lookAtImage(situation: PullInput, rest: readonly (Step | Wait)[]): ImageLook {
  const { view, desired } = situation;
  if (desired.spec.image === undefined || rest.some(({ kind }) => kind === 'create'))
    return NOTHING;
  const { open, answered } = updatesOf(view, desired);
  const [request] = open.length > 0 ? open : lostAnswer(situation) ? answered : [];
  if (request) return lookByRequest(situation, `asked by ${request.by}`);
  return desired.pull === 'always' ? lookAlways(situation) : NOTHING;
}

/** The image that an update found is gone from the store again. */
function lostAnswer({ view, desired, input }: PullInput): boolean {
  const pulled = pulledFor(view, desired);
  if (meaningOf(desired, input)) return false;
  return pulled !== undefined && !isRecent(pulled, input.nowMs);
}

function lookByRequest(situation: PullInput, cause: string): ImageLook {
  const { view, input } = situation;
  const wait = waitAfter(view.history.lookFailure, view, input.nowMs);
  const steps = lookSteps(situation, { reason: 'pull_by_request', cause });
  if (!wait) return { first: steps, later: [] };
  return { first: [], later: [wait, ...steps], trouble: wait.cause };
}

/** By itself as often as all else is looked at closely; a failure ails nobody and waits as long. */
function lookAlways(situation: PullInput): ImageLook {
  const { view, desired, input } = situation;
  const { lookFailure } = view.history;
  const failed = lookFailure && isRecent({ atMs: lookFailure.lastMs }, input.nowMs);
  if (failed) return { ...NOTHING, trouble: `${lookFailure.code} ${lookFailure.message}` };
  const pulled = pulledFor(view, desired);
  if (pulled && isRecent(pulled, input.nowMs)) return NOTHING;
  const why = { reason: 'pull_because_always', cause: 'its tag may have moved' } as const;
  return { first: [], later: lookSteps(situation, why) };
}

function lookSteps(situation: PullInput, why: Why): readonly (Step | Wait)[] {
  const { desired } = situation;
  const { runtime, spec } = desired;
  if (spec.image === undefined) return [];
  const policy = policyFor(situation, true);
  return [{ kind: 'pull', runtime, image: spec.image, policy, ...why }, MOVED_THEN];
}

/** `never` asks no registry for anybody; what is approved is made again from what is there. */
function policyFor({ view, desired, input }: PullInput, asked: boolean): DesiredService['pull'] {
  if (desired.pull === 'never') return 'never';
  if (asked) return 'always';
  return approvedImage(view, desired, input) === undefined ? desired.pull : 'missing';
}

const KNOWN_THEN: Wait = {
  kind: 'wait',
  until: 'pulled',
  cause: 'which image it is shows in the names that follow',
};

const MOVED_THEN: Wait = {
  kind: 'wait',
  until: 'pulled',
  cause: 'another image replaces what runs',
};
