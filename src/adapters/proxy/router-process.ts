import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../../ports.ts';
import { findProcess, signalProcess } from '../../process-identity.ts';
import type { ProcessIdentity } from '../../process-identity.ts';

/** The program's own grace for open requests is 2 s. */
const END_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 50;
/** How soon the end of a program is seen that is no child of ours. */
const WATCH_EVERY_MS = 250;
/** Of one run of the program; a flood must not fill the log. */
const MOST_LINES_LOGGED = 100;
const LONGEST_LINE = 500;

export interface ProgramEnd {
  /** Null where a signal ended it, or nobody can know. */
  readonly code: number | null;
  readonly reason: string;
}

/** A router program that runs: our child, or one that has outlived who started it. */
export interface RouterProcess {
  readonly pid: number;
  /** Resolves when it takes requests; never, when it ends before. */
  readonly serving: Promise<void>;
  /** Resolves when it is gone. */
  readonly ended: Promise<ProgramEnd>;
  /** Ends it, by force in the end; resolves when it is gone. */
  end(): Promise<void>;
  /** Lets it run on without us. */
  leave(): void;
}

/** In the place of one that could not be come by, not even looked for: it has ended at once. */
export function failedRouter(reason: string): RouterProcess {
  return {
    pid: 0,
    serving: new Promise(() => undefined),
    ended: Promise.resolve({ code: null, reason }),
    end: async () => undefined,
    leave: () => undefined,
  };
}

export interface SpawnOptions {
  readonly log: Log;
  /** A file with the certificates of authorities that are trusted besides the public ones. */
  readonly trusted?: string;
}

/** Starts the program. One that cannot be started has ended at once. */
export function spawnRouter(
  args: readonly string[],
  { log, trusted }: SpawnOptions,
): RouterProcess {
  // Of its own session, so that a terminal's Ctrl-C leaves it to the orderly shutdown; its stdin
  // ends it when this process is killed. No environment but that: it needs none of the secrets in ours.
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: 'pipe',
    env: trusted === undefined ? {} : { NODE_EXTRA_CA_CERTS: trusted },
    cwd: '/',
  });
  const { promise: serving, resolve: serves } = Promise.withResolvers<void>();
  const lastLine = followLines(child, log, serves);
  const ended = endOf(child, lastLine);
  return {
    pid: child.pid ?? 0,
    serving,
    ended,
    async end() {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
      await ended;
      clearTimeout(force);
    },
    leave() {
      child.unref();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
}

/** Follows a program that runs and serves already, started by somebody who is gone. */
export function adoptRouter(identity: ProcessIdentity): RouterProcess {
  const { promise: ended, resolve } = Promise.withResolvers<ProgramEnd>();
  const watch = setInterval(() => {
    if (findProcess(identity) === 'alive') return;
    clearInterval(watch);
    resolve({ code: null, reason: 'it is gone' });
  }, WATCH_EVERY_MS);
  return {
    pid: identity.pid,
    serving: Promise.resolve(),
    ended,
    end: () => endRouterProcess(identity),
    leave: () => clearInterval(watch),
  };
}

/** By these signals, one after another; resolves when it is gone, or cannot be ended at all. */
export async function endRouterProcess(
  identity: ProcessIdentity,
  signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGKILL'],
): Promise<void> {
  for (const signal of signals) {
    const untilMs = performance.now() + END_WITHIN_MS;
    signalProcess(identity, signal);
    while (performance.now() < untilMs) {
      if (findProcess(identity) !== 'alive') return;
      await pause(LOOK_AGAIN_MS);
    }
  }
}

function followLines(
  child: ChildProcessWithoutNullStreams,
  log: Log,
  serves: () => void,
): () => string | undefined {
  let last: string | undefined;
  let count = 0;
  createInterface({ input: child.stdout }).once('line', serves);
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line.slice(0, LONGEST_LINE);
    count += 1;
    if (count <= MOST_LINES_LOGGED) log.warn({ program: 'router' }, last);
  });
  // Writing never happens; a broken pipe at the program's death must not be thrown here.
  child.stdin.on('error', () => undefined);
  return () => last;
}

function endOf(
  child: ChildProcessWithoutNullStreams,
  lastLine: () => string | undefined,
): Promise<ProgramEnd> {
  const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
  // `error` instead of `close` when it could not even be started.
  child.once('error', ({ message }) => {
    if (child.pid === undefined) resolve({ code: null, reason: message });
  });
  child.once('close', (code, signal) => {
    resolve({ code, reason: lastLine() ?? `exit ${String(code ?? signal)}` });
  });
  return promise;
}
