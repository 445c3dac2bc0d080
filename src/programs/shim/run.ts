import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { ShimOrder, ShimReport } from './messages.ts';
import { isGroupAlive, send, signalMarked } from './processes.ts';

/** What is left over, or orphaned, may take this long: all must be gone within a second. */
const LEFTOVER_GRACE_MS = 300;
const POLL_MS = 15;
/** Forking faster than it is killed for this many rounds: left to the next start of the manager. */
const MOST_KILL_ROUNDS = 40;

type RunOrder = Extract<ShimOrder, { kind: 'run' }>;

interface Program {
  readonly child: ChildProcess;
  readonly group: number;
  readonly marker: string;
  readonly endsItsOwn: boolean;
}

/**
 * Runs one program as the leader of a process group of its own, and ends the group, and all that left
 * it but carries the marker, when it is told to, when the program ends, or when the manager is gone.
 */
export async function run(marker: string): Promise<void> {
  const ending = createDeadline();
  process.on('disconnect', () => ending.within(LEFTOVER_GRACE_MS));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => ending.within(LEFTOVER_GRACE_MS));
  const order = await firstOrder(ending.begun);
  if (order === undefined) return;
  process.on('message', (next: ShimOrder) => {
    if (next.kind === 'end') ending.within(next.graceMs);
  });
  const child = await start(order);
  if (child?.pid === undefined) return;
  await report({ kind: 'started', pid: child.pid });
  child.once('exit', () => ending.within(LEFTOVER_GRACE_MS));
  if (hasExited(child)) ending.within(LEFTOVER_GRACE_MS);
  await ending.begun;
  const { endsItsOwn } = order;
  await end({ child, group: child.pid, marker, endsItsOwn }, ending.isOver);
  await report({ kind: 'exited', code: child.exitCode, signal: child.signalCode });
}

/** A moment that can only come nearer. */
function createDeadline() {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  let deadlineMs = Infinity;
  return {
    begun,
    within: (graceMs: number): void => {
      deadlineMs = Math.min(deadlineMs, performance.now() + graceMs);
      resolve();
    },
    isOver: (): boolean => performance.now() >= deadlineMs,
  };
}

/** Undefined when the end came first. */
async function firstOrder(begun: Promise<void>): Promise<RunOrder | undefined> {
  const { promise, resolve } = Promise.withResolvers<RunOrder | undefined>();
  process.once('message', (order: ShimOrder) => resolve(order.kind === 'run' ? order : undefined));
  return Promise.race([promise, begun.then(() => undefined)]);
}

async function start({
  command: [program = '', ...args],
  environment,
  directory,
}: RunOrder): Promise<ChildProcess | undefined> {
  try {
    const child = spawn(program, args, {
      cwd: directory,
      env: environment,
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await once(child, 'spawn');
    return child;
  } catch (error) {
    // The code alone: Node's message can quote the environment.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
    await report({ kind: 'failed', code });
    return undefined;
  }
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function end(program: Program, isOver: () => boolean): Promise<void> {
  const { child, group, marker, endsItsOwn } = program;
  const isAlive = (): boolean => !hasExited(child) || isGroupAlive(group);
  if (isAlive()) send(-group, 'SIGTERM');
  // Not twice to anyone: many programs take a second TERM as "now, and without cleaning up".
  if (!endsItsOwn) signalMarked(marker, 'SIGTERM', group);
  while (isAlive() && !isOver()) await pause(POLL_MS);
  for (let round = 0; round < MOST_KILL_ROUNDS; round++) {
    const alive = isAlive();
    if (alive) send(-group, 'SIGKILL');
    if (signalMarked(marker, 'SIGKILL') === 0 && !alive) return;
    await pause(POLL_MS);
  }
}

/** Resolves when the manager can read it, or has gone. */
function report(message: ShimReport): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (!process.connected) return Promise.resolve();
  process.send?.(message, undefined, {}, () => resolve());
  return promise;
}
