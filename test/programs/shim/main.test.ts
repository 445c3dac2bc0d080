import type { ChildProcess } from 'node:child_process';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { killMarkedAtEnd, markedProcesses } from '../../helpers/marked-processes.ts';

const SHIM = fileURLToPath(new URL('../../../src/programs/shim/main.ts', import.meta.url));
const PROGRAMS = fileURLToPath(new URL('../../fixtures/programs/', import.meta.url));

test('a shim reports the start and the end of its program, and ends with it', async () => {
  const { shim, reports } = startShim(['sh', '-c', 'exit 5']);
  const [code] = await once(shim, 'exit');
  expect(code).toBe(0);
  expect(reports).toEqual([
    { kind: 'started', pid: expect.any(Number) },
    { kind: 'exited', code: 5, signal: null },
  ]);
});

test('a program that cannot be run is a report, not a crash', async () => {
  const { shim, reports } = startShim(['no-such-program']);
  await once(shim, 'exit');
  expect(reports).toMatchObject([{ kind: 'failed', code: 'ENOENT' }]);
});

test('a shim that is told nothing before its pipe closes ends', async () => {
  const { shim } = startShim([]);
  shim.disconnect();
  const [code] = await once(shim, 'exit');
  expect(code).toBe(0);
});

test('a second, shorter grace takes over', async () => {
  const { shim, reports } = startShim(['sh', '-c', 'trap "" TERM; echo ready; exec sleep 600']);
  await once(shim.stdout ?? shim, 'data');
  shim.send({ kind: 'end', graceMs: 600_000 });
  shim.send({ kind: 'end', graceMs: 50 });
  await once(shim, 'exit');
  expect(reports.at(-1)).toEqual({ kind: 'exited', code: null, signal: 'SIGKILL' });
});

test('TERM comes once, also to a program that carries the marker', async () => {
  const script = 'trap "echo term" TERM; echo ready; while :; do sleep 0.05; done';
  const { shim } = startShim(['sh', '-c', script]);
  let output = '';
  shim.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await eventually(() => expect(output).toBe('ready\n'));
  shim.send({ kind: 'end', graceMs: 300 });
  await once(shim, 'close');
  expect(output).toBe('ready\nterm\n');
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('the end of the pipe ends the group, what left it, and what is deaf, within a second', async () => {
    const { shim, marker } = startShim(['node', 'messy.mjs']);
    await eventually(() => expect(markedProcesses(marker)).toHaveLength(5));
    shim.disconnect();
    await eventually(() => expect(markedProcesses(marker)).toEqual([]));
  });

  test('a sweep ends what carries the marker or begins with it, and nothing else', async () => {
    const manager = `test-${crypto.randomUUID()}`;
    const mine = [`${manager}/one/1`, `${manager}/two/2`].map(startMarked);
    const other = startMarked(`${manager}x/one/1`);
    await eventually(() => expect(markedProcesses(manager)).toHaveLength(3));
    const sweep = spawn(process.execPath, [SHIM, 'sweep', `${manager}/`]);
    expect(await text(sweep.stdout)).toBe('2\n');
    expect(markedProcesses(manager).map(({ pid }) => pid)).toEqual([other.pid]);
    expect(mine.map(({ pid }) => pid)).not.toContain(other.pid);
  });
});

function startShim(command: readonly string[]) {
  const marker = `test-${crypto.randomUUID()}/shim/1`;
  killMarkedAtEnd(marker);
  const shim: ChildProcess = fork(SHIM, ['run', marker], { silent: true });
  onTestFinished(() => {
    shim.kill('SIGKILL');
  });
  const reports: unknown[] = [];
  shim.on('message', (report) => reports.push(report));
  const environment = { PATH: process.env['PATH'], MCP_MANAGER_INSTANCE: marker };
  if (command.length > 0)
    shim.send({ kind: 'run', command, environment, directory: PROGRAMS, endsItsOwn: false });
  return { shim, marker, reports };
}

function startMarked(marker: string): ChildProcess {
  killMarkedAtEnd(marker);
  return spawn('sleep', ['600'], {
    env: { ...process.env, MCP_MANAGER_INSTANCE: marker },
    stdio: 'ignore',
  });
}
