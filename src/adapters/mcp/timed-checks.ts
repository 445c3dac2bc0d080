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
  const running = new Map<Promise<unknown>, AbortController>();
  let closed = false;

  return {
    async run(target, signal, check) {
      if (closed || signal.aborted) return { outcome: 'failed', message: STOPPED };
      // One controller, aborted in any case: a signal made by AbortSignal.any or .timeout holds all
      // that listens to it until it fires, and the caller's may live as long as the manager.
      const deadline = new AbortController();
      const stop = (): void => deadline.abort(STOPPED);
      const { timeoutMs } = target.verify;
      const late = `no answer within ${timeoutMs / 1000}s`;
      const timer = setTimeout(() => deadline.abort(late), timeoutMs);
      signal.addEventListener('abort', stop);
      const work = check(deadline.signal);
      running.set(work, deadline);
      const forget = (): boolean => running.delete(work);
      void work.then(forget, forget);
      try {
        return await within(deadline.signal, work);
      } catch (error) {
        return { outcome: 'failed', message: explain(error, deadline.signal, target) };
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        deadline.abort();
      }
    },
    async close() {
      closed = true;
      for (const deadline of running.values()) deadline.abort(STOPPED);
      await Promise.allSettled(running.keys());
    },
  };
}

function explain(error: unknown, deadline: AbortSignal, { url }: ProbeTarget): string {
  if (error instanceof CheckFailure) return error.message;
  return deadline.aborted ? String(deadline.reason) : formatFailure(error, url);
}
