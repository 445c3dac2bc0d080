import { digestOf } from '../model/canonical.ts';
import type { ProbeTarget, Verification } from '../model/verification.ts';

/** A fresh start is asked often, because the first answer opens its route; then less and less. */
const FIRST_PAUSE_MS = 25;
const FIRST_WHILE_MS = 2_000;
const LONGEST_PAUSE_MS = 2_000;
/** After a strike the next probe comes soon, so that three of them are no matter of minutes. */
const STRIKE_PAUSE_MS = 5_000;

/** A server of somebody else is not pestered: it is asked again after a second, then less and less. */
const REMOTE_FIRST_PAUSE_MS = 1_000;

/** How long until the next check of a target, from now. */
export function nextCheckMs(target: ProbeTarget, last: Verification, nowMs: number): number {
  const { everyMs } = target.verify;
  if (last.verifiedAtMs !== undefined) {
    if (last.strikes > 0) return Math.min(everyMs, strikePauseMs(target, last.strikes));
    const pauseMs = everyMs * spread(target);
    // A clock that was set back must not put the check off.
    return Math.min(pauseMs, Math.max(0, last.atMs + pauseMs - nowMs));
  }
  const ageMs = Math.max(0, nowMs - target.startedAtMs);
  if (target.remote) return Math.min(everyMs, Math.max(REMOTE_FIRST_PAUSE_MS, ageMs / 2));
  if (ageMs < FIRST_WHILE_MS) return FIRST_PAUSE_MS;
  return Math.min(Math.round(ageMs / 10), LONGEST_PAUSE_MS);
}

function strikePauseMs({ remote }: ProbeTarget, strikes: number): number {
  return remote ? STRIKE_PAUSE_MS * 2 ** Math.min(strikes - 1, 20) : STRIKE_PAUSE_MS;
}

/** Between 0.9 and 1.1, different for each instance and start: a fleet is not probed in one burst. */
function spread({ instanceId, startedAtMs }: ProbeTarget): number {
  return 0.9 + (Number.parseInt(digestOf([instanceId, startedAtMs], 6), 16) / 0xffffff) * 0.2;
}
