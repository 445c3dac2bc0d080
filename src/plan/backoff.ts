import { createHash } from 'node:crypto';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 300_000;
const LONGEST_RESTART_MS = 60_000;
/** Healthy for so long, a service has its restarts forgotten. */
export const HEALTHY_MS = 600_000;

/**
 * When a failed attempt may be repeated: 1 s × 2 up to 5 min with full jitter, but at least half a
 * second. The jitter comes from `seed` and `count`, so that the same input gives the same plan.
 */
export function retryAtMs({ count, lastMs }: Attempt, seed: string): number {
  const capMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(count - 1, 30), LONGEST_RETRY_MS);
  return lastMs + Math.max(FIRST_RETRY_MS / 2, Math.round(capMs * fraction(`${seed}/${count}`)));
}

/**
 * Whether a back-off still has to be waited for. One that ends later than any back-off can was begun
 * before the clock was set back: it counts as over, or it would hold for as long as the clock jumped.
 */
export function isWaiting(untilMs: number, nowMs: number): boolean {
  return untilMs > nowMs && untilMs <= nowMs + LONGEST_RETRY_MS;
}

/** When a crashed instance may start again: at once the first time, then 1 s × 2 up to 60 s. */
export function restartAtMs({ count, lastMs }: Attempt): number {
  if (count === 0) return lastMs;
  return lastMs + Math.min(FIRST_RETRY_MS * 2 ** Math.min(count - 1, 30), LONGEST_RESTART_MS);
}

/** `count` attempts so far, the last of them ended at `lastMs`. */
export interface Attempt {
  readonly count: number;
  readonly lastMs: number;
}

function fraction(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
}
