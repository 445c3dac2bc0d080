import type { CheckResult, ProbeTarget } from '../../model/verification.ts';
import type { Prober } from '../../ports.ts';
import { openControl } from './control.ts';
import { CheckFailure, formatFailure } from './failure.ts';
import { checkHttp, checkTcp } from './plain-checks.ts';
import { probeMcp } from './probe-mcp.ts';
import { openSessionKeeper } from './session-keeper.ts';
import { verifyMcp } from './verify-mcp.ts';

export interface ProberOptions {
  /** Told to servers as the client's version. */
  readonly version?: string;
  /** A kept legacy session that no probe uses for so long is ended. Default: ten minutes. */
  readonly sessionIdleMs?: number;
}

type Check = (signal: AbortSignal) => Promise<CheckResult>;

/**
 * The Prober over HTTP (design §3, §9). Every check ends within `target.verify.timeoutMs` and reads
 * a bounded number of bytes; every legacy session that it opens is ended, at the latest by `close`.
 */
export function openProber(options: ProberOptions = {}): Prober {
  const version = options.version ?? '0.0.0';
  const sessions = openSessionKeeper({ idleMs: options.sessionIdleMs });
  const control = openControl();

  const verify: Prober['verify'] = (target, signal) =>
    checkInTime(target, signal, (deadline) => {
      switch (target.verify.kind) {
        case 'mcp':
          return verifyMcp({ target, version, sessions }, deadline);
        case 'http':
          return checkHttp(target, deadline);
        case 'tcp':
          return checkTcp(target, deadline);
        case 'none':
          return Promise.resolve({ outcome: 'verified' });
      }
    });

  return {
    verify,
    async probe(target, last, signal) {
      // Without a verified surface to keep, only a whole verification can say that tools are there.
      if (target.verify.kind !== 'mcp' || last.outcome !== 'verified') {
        return verify(target, signal);
      }
      return checkInTime(target, signal, async (deadline) => {
        const alive = await probeMcp({ target, last, version, sessions }, deadline);
        return alive ?? verifyMcp({ target, version, sessions }, deadline);
      });
    },
    control: control.check,
    async close() {
      await Promise.all([sessions.close(), control.close()]);
    },
  };
}

/** Runs one check under its deadline and turns whatever goes wrong into a result. */
async function checkInTime(
  target: ProbeTarget,
  signal: AbortSignal,
  check: Check,
): Promise<CheckResult> {
  const { timeoutMs } = target.verify;
  const timeout = AbortSignal.timeout(timeoutMs);
  const deadline = AbortSignal.any([signal, timeout]);
  try {
    return await Promise.race([check(deadline), rejectWhenAborted(deadline)]);
  } catch (error) {
    if (error instanceof CheckFailure) return { outcome: 'failed', message: error.message };
    if (signal.aborted) return { outcome: 'failed', message: 'the check was stopped' };
    if (timeout.aborted) {
      return { outcome: 'failed', message: `no answer within ${timeoutMs / 1000}s` };
    }
    return { outcome: 'failed', message: formatFailure(error, target.url) };
  }
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(new Error('aborted', { cause: signal.reason }));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
