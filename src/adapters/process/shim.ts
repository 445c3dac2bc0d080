import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';

/** Mirrors programs/shim/messages.ts: two programs, one pipe. */
type ShimReport =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'failed'; readonly code: string }
  | ({ readonly kind: 'exited' } & ProgramEnd);

interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

interface ShimProgram {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly endsItsOwn: boolean;
  readonly marker: string;
}

type ShimStart =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'failed'; readonly code: string };

/** One program under its shim. */
export interface Shim {
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly started: Promise<ShimStart>;
  /** Resolves when nothing of the program is left; never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** TERM now, KILL after the grace. May be called again with a shorter one. */
  end(graceMs: number): void;
}

/** Starts shims and sweeps what they could not end. */
export interface Shims {
  run(program: ShimProgram): Shim;
  /** Kills everything that carries the marker (one that ends in `/`: all that begin with it). */
  sweep(marker: string): Promise<number>;
}

/** Node is up in 30 ms; on a machine so busy that it takes this long nothing would work. */
const START_BOUND_MS = 15_000;
/** The shim kills and sweeps within a second of the grace; one that takes longer is hung itself. */
const END_SLACK_MS = 5_000;

/** `cacheFolder` keeps the compiled shim: half the time and 12 MB less for each one. */
export function createShims({
  shimPath,
  cacheFolder,
}: {
  readonly shimPath: string;
  readonly cacheFolder: string;
}): Shims {
  const env = { NODE_COMPILE_CACHE: cacheFolder };
  const sweep = async (marker: string): Promise<number> => {
    const sweeper = spawn(process.execPath, [shimPath, 'sweep', marker], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: START_BOUND_MS,
    });
    const [printed, [code]] = await Promise.all([text(sweeper.stdout), once(sweeper, 'exit')]);
    if (code === 0) return Number(printed);
    throw new AppError('RUNTIME_UNAVAILABLE', `The guard program ${shimPath} does not run.`, {
      hint: 'reinstall mcp-manager',
    });
  };
  const run = (program: ShimProgram): Shim => {
    const child = spawn(process.execPath, [shimPath, 'run', program.marker], {
      env: { ...env, MCP_MANAGER_INSTANCE: program.marker },
      // A session of its own: Ctrl-C in a terminal must reach the manager alone.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return toShim(child, program, sweep);
  };
  return { run, sweep };
}

function toShim(
  child: ChildProcess,
  { command, environment, directory, endsItsOwn, marker }: ShimProgram,
  sweep: Shims['sweep'],
): Shim {
  const started = Promise.withResolvers<ShimStart>();
  const gone = Promise.withResolvers<void>();
  let end: ProgramEnd | undefined;
  child.on('message', (report: ShimReport) => {
    if (report.kind === 'exited') end = { code: report.code, signal: report.signal };
    else started.resolve(report);
    if (report.kind === 'failed') end = { code: null, signal: null };
  });
  // The pipe ends after the last report was read, and whatever became of the shim.
  child.on('disconnect', () => gone.resolve());
  child.on('error', (cause) => {
    started.reject(noProcess(cause));
    gone.resolve();
  });
  const { stdout, stderr } = child;
  // So it is when the manager has no file descriptors left; the error above comes a moment later.
  if (!stdout || !stderr) {
    started.promise.catch(() => undefined);
    throw noProcess();
  }
  if (child.connected) child.send({ kind: 'run', command, environment, directory, endsItsOwn });
  return {
    stdout,
    stderr,
    started: inTime(started.promise, gone.promise, child),
    ended: gone.promise.then(async () => {
      // A shim that was killed ended nothing. What a failed sweep leaves, the next start of the manager finds.
      if (end === undefined) await sweep(marker).catch(() => 0);
      return end ?? { code: null, signal: 'SIGKILL' };
    }),
    end: (graceMs) => {
      if (child.connected) child.send({ kind: 'end', graceMs });
      const hung = setTimeout(() => child.kill('SIGKILL'), graceMs + END_SLACK_MS);
      void gone.promise.then(() => clearTimeout(hung));
    },
  };
}

function noProcess(cause?: Error): AppError {
  return new AppError('RUNTIME_UNAVAILABLE', 'The system lets the manager start no process.', {
    cause,
    hint: 'look at its limits of processes and open files (ulimit -a)',
  });
}

async function inTime(
  started: Promise<ShimStart>,
  gone: Promise<void>,
  child: ChildProcess,
): Promise<ShimStart> {
  const bound = new AbortController();
  const late = pause(START_BOUND_MS, 'late', { signal: bound.signal, ref: false });
  const first = await Promise.race([
    started,
    gone.then(() => 'gone' as const),
    late.catch(() => 'late'),
  ]);
  bound.abort();
  if (typeof first === 'object') return first;
  child.kill('SIGKILL');
  throw new AppError('PROGRAM_FAILED', 'The process that guards the program did not start.');
}
