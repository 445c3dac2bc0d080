import type { Condemned } from '../model/history.ts';
import { isUp } from '../model/instance.ts';
import type { DesiredService } from '../model/service.ts';
import { isLate, judge, observerFault } from './check.ts';
import { restartsInARow } from './hold.ts';
import type { PlanInput } from './input.ts';
import type { Located } from './locate.ts';
import { formatExit, wasStopped } from './motive.ts';
import { type SortedInstances, sortInstances } from './sort-instances.ts';
import { acceptedRelease, type ServiceView } from './view.ts';

/** So many ends by force, or attempts to start, are no accident any more. */
const MOST_ACCIDENTS = 3;

export interface ReleaseFailure {
  readonly condemned: Condemned;
  /** The instance that shows it. */
  readonly instance: string;
}

/**
 * Why the release that the document asks for is to be given up: it was not verified in time, ended by
 * itself, hangs or cannot be started. A release that proved itself before the last change is not judged
 * here, and what hits all instances at once is the machine's fault.
 */
export function findFailure(
  view: ServiceView,
  desired: DesiredService,
  input: PlanInput,
): ReleaseFailure | undefined {
  const accepted = acceptedRelease(view);
  const isProven = view.instances.every(({ release }) => release === accepted);
  if (isProven || desired.rollout.onFailure !== 'rollback') return undefined;
  const sorted = sortInstances(view, desired, input);
  const { current } = sorted;
  if (!current || current.adopted || current.release === accepted) return undefined;
  const cause = causeOf({ view, sorted, input }, current);
  if (cause === undefined) return undefined;
  const { release, name, secretVersions, imageId } = current;
  const { digest = '', settings } = view;
  const condemned: Condemned = {
    release,
    desiredDigest: digest,
    ...(settings !== undefined && { settings }),
    ...(secretVersions && { secretVersions }),
    ...(imageId !== undefined && { imageId }),
    answers: view.requests.filter(({ kind }) => kind === 'restart').map(({ id }) => id),
    cause,
    atMs: input.nowMs,
  };
  return { condemned, instance: name };
}

interface Trial {
  readonly view: ServiceView;
  readonly sorted: SortedInstances;
  readonly input: PlanInput;
}

function causeOf(trial: Trial, current: Located): string | undefined {
  switch (current.state) {
    case 'created':
      return whyNotStarted(trial);
    case 'running':
      return whyNotWell(trial, current);
    case 'exited':
      return whyEnded(trial, current);
    case 'paused':
      return undefined;
  }
}

function whyNotStarted({ view: { history, digest } }: Trial): string | undefined {
  const { failure } = history;
  if (failure?.step !== 'start' || failure.desiredDigest !== (digest ?? '')) return undefined;
  const isFinal = failure.kind === 'terminal';
  const isRepeated = failure.kind === 'retry' && failure.count >= MOST_ACCIDENTS;
  return isFinal || isRepeated ? `${failure.code} ${failure.message}` : undefined;
}

function whyNotWell({ view, input }: Trial, current: Located): string | undefined {
  const health = judge(view, current, input);
  if (observerFault(input)) return undefined;
  if (health.kind === 'unresponsive') return `unresponsive: ${health.message}`;
  return isLate(health, input.nowMs) ? `not verified in time: ${health.message}` : undefined;
}

function whyEnded({ view, sorted, input }: Trial, current: Located): string | undefined {
  if (wasStopped(view, current)) return undefined;
  const cause = `crashed: ${formatExit(current)}`;
  const count = restartsInARow(view.history, current.exit?.atMs ?? input.nowMs);
  if (count >= MOST_ACCIDENTS) return cause;
  return endedByItself(current) && !isEverythingDown(view, sorted) ? cause : undefined;
}

/** Its own word, and no signal from outside. */
function endedByItself({ exit }: Located): boolean {
  const code = exit?.code ?? 0;
  return exit?.signal === null && code > 0 && code < FIRST_SIGNAL_CODE;
}

const FIRST_SIGNAL_CODE = 128;

/** No old one is up, and one of them went down though nobody stopped it. */
function isEverythingDown(view: ServiceView, { outdated }: SortedInstances): boolean {
  const old = outdated.map(({ instance }) => instance);
  return !old.some(isUp) && old.some((one) => one.state === 'exited' && !wasStopped(view, one));
}
