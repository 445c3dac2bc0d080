import { PORT_TAKEN_EXIT_CODE } from '../../model/router-program.ts';
import type { Log } from '../../ports.ts';
import type { RouterProcess } from './router-process.ts';

const FIRST_RESTART_MS = 200;
const LONGEST_RESTART_MS = 5_000;
/** Having run this long, the next failure is a new one: back-off starts over. */
const STABLE_AFTER_MS = 10_000;

export type ProgramState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'serving'; readonly pid: number }
  | { readonly kind: 'down'; readonly portTaken: boolean; readonly cause: string };

export interface Supervisor {
  state(): ProgramState;
  /** Resolves at the first time the program serves or has failed. */
  readonly settled: Promise<void>;
  /** Calls back when the program began or ceased to serve. */
  onChange(listener: () => void, signal: AbortSignal): void;
  /** Restarts the program no more, and ends it (bounded, by force in the end) unless it is kept. */
  close(): Promise<void>;
}

export interface SupervisorOptions {
  /** Starts the program, or finds the one that runs. Never rejects. */
  readonly begin: () => Promise<RouterProcess>;
  /** Whether the program runs on after `close`. */
  readonly keep: boolean;
  readonly log: Log;
}

/** Runs the router program, restarted with back-off for as long as it is not closed. */
export function superviseProgram({ begin, keep, log }: SupervisorOptions): Supervisor {
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  const listeners = new Set<() => void>();
  let state: ProgramState = { kind: 'starting' };
  let restart: NodeJS.Timeout | undefined;
  let delayMs = FIRST_RESTART_MS;
  let closed = false;

  // A program that fails again and again is no news each time.
  const enter = (next: ProgramState): void => {
    const changed = next.kind !== state.kind;
    state = next;
    settle();
    if (changed) for (const listener of listeners) listener();
  };
  const follow = async (program: RouterProcess): Promise<void> => {
    const startedMs = performance.now();
    void program.serving.then(() => enter({ kind: 'serving', pid: program.pid }));
    const { code, reason: cause } = await program.ended;
    enter({ kind: 'down', portTaken: code === PORT_TAKEN_EXIT_CODE, cause });
    if (closed) return;
    if (performance.now() - startedMs > STABLE_AFTER_MS) delayMs = FIRST_RESTART_MS;
    log.warn({ cause, restartMs: delayMs }, 'the router program ended');
    restart = setTimeout(start, delayMs);
    delayMs = Math.min(delayMs * 2, LONGEST_RESTART_MS);
  };
  let begun: Promise<RouterProcess>;
  function start(): void {
    begun = begin();
    void begun.then(follow);
  }

  start();
  return {
    state: () => state,
    settled,
    onChange(listener, signal) {
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
    },
    async close() {
      closed = true;
      clearTimeout(restart);
      const program = await begun;
      if (keep) program.leave();
      else await program.end();
    },
  };
}
