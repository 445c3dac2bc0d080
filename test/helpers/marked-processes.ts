import { readdirSync, readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** A live process as /proc shows it. */
export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Every live process whose instance marker begins with this. A zombie has no
 * environment left, and only Linux shows one.
 */
export function markedProcesses(prefix: string): MarkedProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      pid: Number(pid),
      environment: `\0${read(pid, 'environ')}`,
      command: read(pid, 'cmdline').replaceAll('\0', ' '),
    }))
    .filter(({ environment }) => environment.includes(`\0MCP_MANAGER_INSTANCE=${prefix}`))
    .map(({ pid, command }) => ({ pid, command }));
}

/** Kills at the test's end what it may have left behind, also when it fails. */
export function killMarkedAtEnd(prefix: string): void {
  onTestFinished(() => {
    for (const { pid } of markedProcesses(prefix)) kill(pid);
  });
}

/** One that ended meanwhile, because its shim did, is what was wanted. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
