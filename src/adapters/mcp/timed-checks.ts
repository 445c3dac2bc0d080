import type { CheckResult, ProbeTarget } from '../../model/verification.ts';
import { CheckFailure, formatFailure } from './failure.ts';
import { within } from './within.ts';

export interface TimedChecks {
  /** Runs one check under its target's deadline. Never throws: what goes wrong is a result. */
  readonly run: (target: ProbeTarget, signal: AbortSignal, check: Check) => Promise<CheckResult>;
  /** Stops what runs and waits until it has let go of everything. */
  readonly close: () => Promise<void>;
}

export type Check = (deadline: AbortSignal) => Promise<CheckResult>;

const STOPPED = 'the check was stopped';

/** Checks that end within `target.verify.timeoutMs`, when they are stopped, or all at the close. */
export function openTimedChecks(): TimedChecks {
  const closed = new AbortController();
  const running = new Set<Promise<unknown>>();

  return {
    async run(target, signal, check) {
      const stopped = AbortSignal.any([signal, closed.signal]);
      // Not AbortSignal.timeout: it would hold all that the check touched until it fires.
      const timeout = new AbortController();
      const timer = setTimeout(() => timeout.abort(), target.verify.timeoutMs);
      const deadline = AbortSignal.any([stopped, timeout.signal]);
      if (stopped.aborted) return { outcome: 'failed', message: STOPPED };
      const work = check(deadline);
      const forget = (): boolean => running.delete(work);
      running.add(work);
      void work.then(forget, forget);
      try {
        return await within(deadline, work);
      } catch (error) {
        const message = explain(error, { target, stopped, timeout: timeout.signal });
        return { outcome: 'failed', message };
      } finally {
        clearTimeout(timer);
      }
    },
    async close() {
      closed.abort();
      await Promise.allSettled(running);
    },
  };
}

interface Ending {
  readonly target: ProbeTarget;
  readonly stopped: AbortSignal;
  readonly timeout: AbortSignal;
}

function explain(error: unknown, { target, stopped, timeout }: Ending): string {
  if (error instanceof CheckFailure) return error.message;
  if (stopped.aborted) return STOPPED;
  if (timeout.aborted) return `no answer within ${target.verify.timeoutMs / 1000}s`;
  return formatFailure(error, target.url);
}
