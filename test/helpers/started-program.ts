import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.ts';

/** Far longer than any command takes; a test that hangs shall end with words. */
const LONGEST_MS = 60_000;
const END_MS = 15_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program with all that it has said so far. */
export interface StartedProgram {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  stdout(): string;
  stderr(): string;
  /** Resolves when this was said on standard output; rejects when the program ends without. */
  said(words: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** TERM, and KILL when that does not help. */
  end(): Promise<Exit>;
}

export interface StartOptions {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts a program in a folder. The caller ends it. */
export function startProgramIn(
  folder: string,
  { command, environment }: StartOptions,
): StartedProgram {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let hasClosed = false;
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    hasClosed = true;
    return { code, signal };
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return {
    pid: child.pid ?? Number.NaN,
    exited,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    async said(words) {
      let gone = false;
      await eventually(() => {
        if (words.test(output.stdout)) return;
        gone = hasClosed;
        if (!gone) throw new Error(`not said yet: ${words}\n${output.stdout}${output.stderr}`);
      }, LONGEST_MS);
      if (gone) throw new Error(`ended before it said ${words}:\n${output.stderr}`);
    },
    kill: (signal) => void child.kill(signal),
    async end() {
      const force = setTimeout(() => child.kill('SIGKILL'), END_MS);
      child.kill('SIGTERM');
      const exit = await exited;
      clearTimeout(force);
      return exit;
    },
  };
}
