import { AppError } from '../../errors.ts';

/** `look`: a list or inspection, on which everything waits. `end`: what goes can wait for what comes. */
export type Urgency = 'look' | 'run' | 'end';

const ORDER = ['look', 'run', 'end'] as const satisfies readonly Urgency[];

export interface CallSlots {
  /** Waits for a free slot and answers how to give it back. Throws TIMED_OUT when the signal aborts first. */
  take(call: WaitingCall): Promise<() => void>;
}

export interface WaitingCall {
  readonly urgency?: Urgency;
  readonly signal: AbortSignal;
  readonly what: string;
}

/** At most `slots` calls at once; of those that wait the most urgent comes first, then the oldest. */
export function createCallSlots(slots: number): CallSlots {
  const waiting: Record<Urgency, Set<() => void>> = {
    look: new Set(),
    run: new Set(),
    end: new Set(),
  };
  let free = slots;

  function giveBack(): void {
    const [next] = ORDER.flatMap((urgency) => [...waiting[urgency]].slice(0, 1));
    if (next === undefined) free += 1;
    else next();
  }

  return {
    async take({ urgency = 'run', signal, what }) {
      if (signal.aborted) throw givenUp(what);
      if (free > 0) free -= 1;
      else await turn(waiting[urgency], signal, what);
      return giveBack;
    },
  };
}

/** What the engine has to do in such a call is done by then; the rest of it is waiting. */
const LINGERING_AFTER_MS = 1_000;

/**
 * For calls in which the engine waits for a program: each gives its slot back after a second and goes
 * on without one, so that a few slow programs do not keep all others waiting. At most `most` at once.
 */
export function createLingeringSlots(slots: CallSlots, most: number): CallSlots {
  const places = createCallSlots(most);
  return {
    async take(call) {
      const leave = await places.take(call);
      const release = await slots.take(call).catch((error: unknown) => {
        leave();
        throw error;
      });
      let held = true;
      const giveBack = (): void => {
        if (held) release();
        held = false;
      };
      const timer = setTimeout(giveBack, LINGERING_AFTER_MS);
      return () => {
        clearTimeout(timer);
        giveBack();
        leave();
      };
    },
  };
}

function turn(queue: Set<() => void>, signal: AbortSignal, what: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => {
    queue.delete(onTurn);
    reject(givenUp(what));
  };
  const onTurn = () => {
    queue.delete(onTurn);
    signal.removeEventListener('abort', onAbort);
    resolve();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  queue.add(onTurn);
  return promise;
}

function givenUp(what: string): AppError {
  return new AppError('TIMED_OUT', `${what} was given up before the engine could be asked.`);
}
