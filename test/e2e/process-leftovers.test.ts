import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openProcessRuntime } from '../../src/adapters/process/runtime.ts';
import { eventually } from '../helpers/eventually.ts';
import { killMarkedAtEnd, markedProcesses } from '../helpers/marked-processes.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { makeOptions, PROGRAMS } from '../adapters/process/bench.ts';

/** The shim, the program and the four that it leaves around. */
const MESSY_PROCESSES = 6;

describe.runIf(process.platform === 'linux')('nothing outlives the manager', () => {
  test('a manager that is killed leaves nothing after a second, deaf and detached ones included', async () => {
    const { manager, managerId } = await startManager(['node', 'messy.mjs']);
    manager.kill('SIGKILL');
    await once(manager, 'exit');
    await eventually(() => expect(markedProcesses(`${managerId}/`)).toEqual([]));
  });

  test('what outlived a killed manager all the same is ended by its next start', async () => {
    const { manager, managerId, stateFolder } = await startManager(['node', 'messy.mjs']);
    const shim = markedProcesses(`${managerId}/`).find(({ command }) => command.includes(' run '));
    process.kill(shim?.pid ?? Number.NaN, 'SIGSTOP');
    manager.kill('SIGKILL');
    await once(manager, 'exit');
    expect(markedProcesses(`${managerId}/`)).toHaveLength(MESSY_PROCESSES);
    const runtime = await openProcessRuntime(await makeOptions({ managerId, stateFolder }));
    onTestFinished(() => runtime.close());
    expect(markedProcesses(`${managerId}/`)).toEqual([]);
  });

  test('a manager does not end what belongs to another one', async () => {
    const { managerId } = await startManager(['node', 'messy.mjs']);
    const shorter = managerId.slice(0, -1);
    const runtime = await openProcessRuntime(await makeOptions({ managerId: shorter }));
    onTestFinished(() => runtime.close());
    await runtime.close();
    expect(markedProcesses(`${managerId}/`)).toHaveLength(MESSY_PROCESSES);
  });

  test('Ctrl-C in a terminal reaches the manager alone, which gives its programs time to end', async () => {
    const script =
      'trap "sleep 0.6; echo cleaned; exit" TERM; echo up; while :; do sleep 0.1; done';
    const { manager, managerId, stateFolder } = await openManager(['sh', '-c', script]);
    const output = () => readFile(join(stateFolder, 'logs', 'left.log'), 'utf8');
    await eventually(async () => expect(await output()).toContain('up'));
    process.kill(-(manager.pid ?? Number.NaN), 'SIGINT');
    await once(manager, 'exit');
    expect(await output()).toContain('cleaned');
    expect(markedProcesses(`${managerId}/`)).toEqual([]);
  });
});

/** A manager whose program has left behind all that it can. */
async function startManager(command: readonly string[]) {
  const opened = await openManager(command);
  await eventually(() =>
    expect(markedProcesses(`${opened.managerId}/`).filter(isSettled)).toHaveLength(MESSY_PROCESSES),
  );
  return opened;
}

async function openManager(command: readonly string[]) {
  const stateFolder = await createTempFolder();
  const managerId = `test-${crypto.randomUUID()}`;
  killMarkedAtEnd(`${managerId}/`);
  const program = join(PROGRAMS, 'manager.ts');
  const manager: ChildProcess = spawn(
    process.execPath,
    [program, stateFolder, managerId, ...command],
    { stdio: ['ignore', 'ignore', 'inherit'], detached: true },
  );
  onTestFinished(() => {
    manager.kill('SIGKILL');
  });
  return { manager, managerId, stateFolder };
}

/** Neither a shell that is about to fork nor one that is about to become a sleep. */
function isSettled({ command }: { readonly command: string }): boolean {
  return !command.startsWith('sh ') && !command.startsWith('setsid ');
}
