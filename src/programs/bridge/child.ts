import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { isGroupAlive, send } from '../shim/processes.ts';
import { createLineReader } from './lines.ts';
import type { Log } from './log.ts';

export interface ChildSettings {
  readonly command: readonly string[];
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly maxMessageBytes: number;
  /** How long a child has after its input was closed, and again after TERM. */
  readonly stopGraceMs: number;
  readonly log: Log;
}

export interface Child {
  readonly pid: number;
  /** Writes one line; false when the child does not read and its line was dropped. */
  send(line: string): boolean;
  /** Reads no more of the output until `resume`: the child then waits in its own write. */
  pause(): void;
  resume(): void;
  onLine(handler: (line: string) => void): void;
  /** Resolves with the reason in words when the child has ended and its last lines were given. */
  readonly ended: Promise<string>;
  /** Closes the input, then TERM, then KILL, each after its grace; resolves when nothing is left. */
  stop(): Promise<void>;
}

/** A line of stderr longer than this is cut. */
const MOST_STDERR_BYTES = 8_192;
/** After its leader has ended: for output that is still in the pipe, held open perhaps by a grandchild. */
const LAST_OUTPUT_MS = 100;
const POLL_MS = 20;
/** A group that is still there after this many rounds hangs in the kernel. */
const MOST_KILL_ROUNDS = 50;

/** Starts the command as the leader of a process group of its own. Never throws: a failed start ends. */
export function startChild(settings: ChildSettings): Child {
  const { command, environment, maxMessageBytes, log } = settings;
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: environment, detached: true, stdio: 'pipe' });
  const pid = child.pid ?? 0;
  let onLine: ((line: string) => void) | undefined;

  readLines(child.stdout, maxMessageBytes, {
    onLine: (line) => onLine?.(line),
    onOversized: (bytes) =>
      log.sometimes('oversized', 'a line of the server is too long and was dropped', {
        pid,
        bytes,
        maxMessageBytes,
      }),
  });
  readLines(child.stderr, MOST_STDERR_BYTES, {
    onLine: (line) => log.sometimes('stderr', 'the server says', { pid, stderr: line }),
    onOversized: (bytes) =>
      log.sometimes('stderr', 'a line of stderr is too long and was dropped', { pid, bytes }),
  });
  // A child that is gone breaks the pipe; its end is told by `ended`.
  child.stdin.on('error', () => undefined);
  const ended = untilEnded(child);

  return {
    pid,
    ended,
    send: (line) => writeBounded(child.stdin, line, maxMessageBytes),
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    onLine: (handler) => (onLine = handler),
    stop: () => stop(child, ended, settings.stopGraceMs),
  };
}

function readLines(
  stream: Readable,
  maxBytes: number,
  handlers: Parameters<typeof createLineReader>[1],
): void {
  const reader = createLineReader(maxBytes, handlers);
  stream.on('data', (chunk: Buffer) => reader.push(chunk));
  stream.on('end', () => reader.end());
  stream.on('error', () => undefined);
}

/** A child that reads nothing may hold back as much as one message of the longest kind. */
function writeBounded(input: Writable, line: string, maxBytes: number): boolean {
  if (!input.writable || input.writableLength > maxBytes) return false;
  input.write(`${line}\n`);
  return true;
}

function untilEnded(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once('error', (error) => {
    // Also a signal that could not be sent is an error; only a failed start ends here.
    if (child.pid === undefined) resolve(`it could not be started: ${codeOf(error)}`);
  });
  child.once('exit', (code, signal) => {
    const reason = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
    const done = (): void => resolve(reason);
    child.once('close', done);
    setTimeout(done, LAST_OUTPUT_MS);
  });
  return promise;
}

async function stop(child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  // A paused output would keep a child that writes from ever reading its closed input.
  child.stdout?.resume();
  child.stdin?.end();
  await Promise.race([ended, pause(graceMs)]);
  if (isGroupAlive(pid)) {
    send(-pid, 'SIGTERM');
    const endMs = performance.now() + graceMs;
    while (isGroupAlive(pid) && performance.now() < endMs) await pause(POLL_MS);
  }
  for (let round = 0; round < MOST_KILL_ROUNDS && isGroupAlive(pid); round++) {
    send(-pid, 'SIGKILL');
    await pause(POLL_MS);
  }
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : 'UNKNOWN';
}
