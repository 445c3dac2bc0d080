import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PORT_TAKEN_EXIT_CODE } from '../../model/router-program.ts';
import type { Log } from '../../ports.ts';

const FIRST_RESTART_MS = 200;
const LONGEST_RESTART_MS = 5_000;
/** Having run this long, the next failure is a new one: back-off starts over. */
const STABLE_AFTER_MS = 10_000;
/** The program's own grace for open requests is 2 s. */
const END_WITHIN_MS = 5_000;
/** Of one run of the program; a flood must not fill the log. */
const MOST_LINES_LOGGED = 100;
const LONGEST_LINE = 500;

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
  /** Ends the program and restarts it no more; bounded, by force in the end. */
  close(): Promise<void>;
}

/** Runs the router program, restarted with back-off for as long as it is not closed. */
export function superviseProgram(options: {
  readonly args: readonly string[];
  readonly log: Log;
}): Supervisor {
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  const listeners = new Set<() => void>();
  let state: ProgramState = { kind: 'starting' };
  let child: ChildProcessWithoutNullStreams | undefined;
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
  const start = (): void => {
    const startedMs = performance.now();
    child = startProgram(options.args);
    const lastLine = followLines(child, options.log, (pid) => {
      enter({ kind: 'serving', pid });
    });
    whenEnded(child, (code, reason) => {
      child = undefined;
      const cause = lastLine() ?? reason;
      enter({ kind: 'down', portTaken: code === PORT_TAKEN_EXIT_CODE, cause });
      if (closed) return;
      if (performance.now() - startedMs > STABLE_AFTER_MS) delayMs = FIRST_RESTART_MS;
      options.log.warn({ cause, restartMs: delayMs }, 'the router program ended');
      restart = setTimeout(start, delayMs);
      delayMs = Math.min(delayMs * 2, LONGEST_RESTART_MS);
    });
  };

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
      if (child !== undefined) await endProgram(child);
    },
  };
}

function startProgram(args: readonly string[]): ChildProcessWithoutNullStreams {
  // Of its own session, so that a terminal's Ctrl-C leaves it to the orderly shutdown; its stdin
  // ends it when this process is killed. No environment: it needs none of the secrets in ours.
  return spawn(process.execPath, args, { detached: true, stdio: 'pipe', env: {} });
}

function followLines(
  child: ChildProcessWithoutNullStreams,
  log: Log,
  serving: (pid: number) => void,
): () => string | undefined {
  let last: string | undefined;
  let count = 0;
  createInterface({ input: child.stdout }).once('line', () => serving(child.pid ?? 0));
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line.slice(0, LONGEST_LINE);
    count += 1;
    if (count <= MOST_LINES_LOGGED) log.warn({ program: 'router' }, last);
  });
  // Writing never happens; a broken pipe at the program's death must not be thrown here.
  child.stdin.on('error', () => undefined);
  return () => last;
}

function whenEnded(
  child: ChildProcessWithoutNullStreams,
  ended: (code: number | null, reason: string) => void,
): void {
  // `error` instead of `close` when it could not even be started.
  child.once('error', (error) => child.pid === undefined && ended(null, error.message));
  child.once('close', (code, signal) => ended(code, `exit ${String(code ?? signal)}`));
}

async function endProgram(child: ChildProcessWithoutNullStreams): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
  await ended;
  clearTimeout(force);
}
