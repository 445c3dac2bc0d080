import type { Failure } from '../model/history.ts';
import type { Wait } from '../model/plan.ts';
import { isWaiting, retryAtMs } from './backoff.ts';
import type { ServiceView } from './view.ts';

/**
 * What a failed step waits for before it is tried again; undefined when nothing failed, the time is
 * over, or there is new input.
 */
export function waitAfter(
  failure: Failure | undefined,
  view: ServiceView,
  nowMs: number,
): Wait | undefined {
  if (!failure || !stands(failure, view, nowMs)) return undefined;
  const stateCause = textOf(failure);
  if (failure.kind === 'terminal' && view.desired) {
    return { kind: 'wait', until: 'mended', cause: stateCause };
  }
  const untilMs = retryAtMs(failure, view.name);
  if (!isWaiting(untilMs, nowMs)) return undefined;
  const cause = `attempt ${failure.count} failed: ${stateCause}`;
  return { kind: 'wait', until: 'back-off-ends', cause, untilMs };
}

/** Without the number of the attempt: the same text as long as it fails for the same reason. */
export function textOf({ code, message }: Failure): string {
  return `${code} ${message}`;
}

/** It is of what is wanted now, and nobody has asked for another attempt since. */
export function stands(failure: Failure, view: ServiceView, nowMs: number): boolean {
  return failure.desiredDigest === (view.digest ?? '') && !isOverruled(view, failure, nowMs);
}

/** Whoever asks after the failure gets one attempt at once; its failure is newer than the request. */
function isOverruled({ requests }: ServiceView, failure: Failure, nowMs: number): boolean {
  return requests.some(
    ({ kind, atMs }) => kind !== 'pause' && atMs > failure.lastMs && atMs <= nowMs,
  );
}
