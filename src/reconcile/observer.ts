import type { Observer } from '../plan/input.ts';
import type { Clock, Log, Prober } from '../ports.ts';

/** Fewer failing targets than this say nothing about the observer. */
const FEWEST_TARGETS = 5;
const FAULT_MS = 600_000;
/** An event loop that was late by so much cannot judge anybody's answer time. */
const LAG_MS = 1_000;
const BEAT_MS = 500;
/** How long one look at ourselves stays valid. */
const CONTROL_MS = 5_000;

export interface ObserverWatchOptions {
  readonly prober: Prober;
  readonly clock: Clock;
  /** Milliseconds that no change of the wall clock moves. */
  readonly steadyMs?: () => number;
  readonly log: Log;
  readonly onChange: () => void;
}

export interface ObserverWatch {
  observer(): Observer;
  /** Told after every check; a mass failure makes us doubt ourselves first. */
  checked(failing: number, total: number): void;
  run(signal: AbortSignal): Promise<void>;
}

/** Tells whether failing checks can be believed: most fail at once and we ourselves are unwell. */
export function createObserverWatch({
  prober,
  clock,
  steadyMs = () => performance.now(),
  log,
  onChange,
}: ObserverWatchOptions): ObserverWatch {
  let fault: { readonly cause: string; readonly endsMs: number } | undefined;
  let controlledMs = -Infinity;
  let lagMs = 0;

  function beginFault(cause: string): void {
    if (!fault)
      log.warn(
        { cause },
        'The checks cannot be believed now; nothing is restarted for failing them.',
      );
    fault ??= { cause, endsMs: steadyMs() + FAULT_MS };
    onChange();
  }

  function observer(): Observer {
    const leftMs = fault ? fault.endsMs - steadyMs() : 0;
    return fault && leftMs > 0
      ? { fault: { cause: fault.cause, untilMs: Math.ceil(clock() + leftMs) } }
      : {};
  }

  async function controlSelf(): Promise<void> {
    const late = lagMs;
    const well = await prober.control(AbortSignal.timeout(CONTROL_MS));
    if (!well) beginFault('the observer is at fault: its own control probe failed too');
    else if (late >= LAG_MS)
      beginFault(`the observer is at fault: it was late by ${Math.round(late)} ms`);
  }

  return {
    observer,
    checked(failing, total) {
      const mass = total >= FEWEST_TARGETS && failing > total / 2;
      if (!mass) {
        if (fault) onChange();
        fault = undefined;
        return;
      }
      if (fault || steadyMs() - controlledMs < CONTROL_MS) return;
      controlledMs = steadyMs();
      void controlSelf();
    },
    async run(signal) {
      let expectedMs = performance.now() + BEAT_MS;
      const beat = setInterval(() => {
        lagMs = Math.max(0, performance.now() - expectedMs, lagMs / 2);
        expectedMs = performance.now() + BEAT_MS;
      }, BEAT_MS);
      const ended = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => ended.resolve(), { once: true });
      if (!signal.aborted) await ended.promise;
      clearInterval(beat);
    },
  };
}
