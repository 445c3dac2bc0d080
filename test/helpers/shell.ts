import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { RepositoryCopy } from './repository-copy.ts';

export interface ShellResult {
  readonly code: number;
  /** Both streams, as a terminal would show them. */
  readonly output: string;
}

/** One bash that lives for a test: what a command exports or sets, the next one sees. */
export interface Shell {
  run(commands: string): Promise<ShellResult>;
}

/** A shell in the copy, with its environment; killed when the test ends. */
export function openShell({ folder, environment }: RepositoryCopy): Shell {
  const shell = spawn('bash', ['--noprofile', '--norc'], { cwd: folder, env: environment });
  onTestFinished(async () => {
    if (shell.exitCode !== null || shell.signalCode !== null) return;
    shell.kill('SIGKILL');
    await once(shell, 'exit');
  });
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  return {
    async run(commands) {
      const end = crypto.randomUUID();
      // Not in a subshell, so that variables stay; stops at the first command that fails.
      const whole = toLines(commands).join(' && ');
      shell.stdin.write(`{ ${whole}; } 2>&1 </dev/null; printf '\\n%s %s\\n' ${end} $?\n`);
      const output: string[] = [];
      for (;;) {
        const { value: line, done } = await lines.next();
        if (done === true) throw new Error(`the shell ended: ${output.join('\n')}`);
        if (line.startsWith(end)) {
          return { code: Number(line.slice(end.length)), output: output.join('\n') };
        }
        output.push(line);
      }
    },
  };
}

/** One command each; a text that is written out (`<<'END'`) stays with its command. */
function toLines(commands: string): readonly string[] {
  const written = /^(?<first>.*<<'END'\n)(?<rest>[^]*?\nEND)$/gm;
  const kept: string[] = [];
  const marked = commands.replaceAll(written, (whole) => `@${kept.push(whole) - 1}@`);
  return marked
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/^@(\d+)@$/, (_, index) => `{ ${kept[Number(index)] ?? ''}\n}`));
}
