import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
    await eventually(() => expect(markedProcesses(`${managerId}/`)).toEqual([]), 1_000);
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

  test('a manager that ends by Ctrl-C leaves nothing', async () => {
    const { manager, managerId } = await startManager(['node', 'messy.mjs']);
    manager.kill('SIGINT');
    await once(manager, 'exit');
    await eventually(() => expect(markedProcesses(`${managerId}/`)).toEqual([]), 1_000);
  });
});

async function startManager(command: readonly string[]) {
  const stateFolder = await createTempFolder();
  const managerId = `test-${crypto.randomUUID()}`;
  killMarkedAtEnd(`${managerId}/`);
  const program = join(PROGRAMS, 'manager.ts');
  const manager: ChildProcess = spawn(
    process.execPath,
    [program, stateFolder, managerId, ...command],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  onTestFinished(() => {
    manager.kill('SIGKILL');
  });
  await eventually(() =>
    expect(markedProcesses(`${managerId}/`).filter(isSettled)).toHaveLength(MESSY_PROCESSES),
  );
  return { manager, managerId, stateFolder };
}

/** Neither a shell that is about to fork nor one that is about to become a sleep. */
function isSettled({ command }: { readonly command: string }): boolean {
  return !command.startsWith('sh ') && !command.startsWith('setsid ');
}
