/** When the next start may be, after starts that failed. */
export interface BackOff {
  /** One more has failed; how long the next is put off. */
  failed(reason: string): number;
  succeeded(): void;
  /** 0 when a start may be now. */
  waitMs(): number;
  isFailing(): boolean;
  lastReason(): string;
}

const FIRST_MS = 100;
const MOST_MS = 30_000;

/** 100 ms after the first failure, twice as long after each further one, up to 30 s. */
export function createBackOff(now: () => number): BackOff {
  let failures = 0;
  let notBeforeMs = 0;
  let lastReason = '';
  return {
    failed(reason) {
      const waitMs = Math.min(FIRST_MS * 2 ** failures, MOST_MS);
      failures += 1;
      notBeforeMs = now() + waitMs;
      lastReason = reason;
      return waitMs;
    },
    succeeded() {
      failures = 0;
      notBeforeMs = 0;
    },
    waitMs: () => Math.max(0, notBeforeMs - now()),
    isFailing: () => failures > 0,
    lastReason: () => lastReason,
  };
}
