import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 20;

/** Runs `check` until it does not throw, or throws its last error when the deadline has passed. */
export async function eventually<T>(check: () => T | Promise<T>, deadlineMs = 30_000): Promise<T> {
  const endMs = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() >= endMs) throw error;
    }
    await pause(POLL_MS);
  }
}
