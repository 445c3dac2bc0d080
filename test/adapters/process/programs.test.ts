import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { openProcessRuntime } from '../../../src/adapters/process/runtime.ts';
import { eventually } from '../../helpers/eventually.ts';
import { markedProcesses } from '../../helpers/marked-processes.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import {
  askFacts,
  lastLines,
  launch,
  makeOptions,
  makeService,
  only,
  openProcessBench,
  PROGRAMS,
  seen,
  signal,
} from './bench.ts';

test('a program that is not installed is an error that says what, from where, and the way out', async () => {
  const { runtime } = await openProcessBench();
  const service = makeService('absent', { spec: { command: ['no-such-program', '--flag'] } });
  await expect(launch(runtime, service)).rejects.toMatchObject({
    code: 'PROGRAM_MISSING',
    message: `The program no-such-program of absent was not found from ${PROGRAMS}.`,
    hint: expect.stringContaining('PATH'),
  });
  expect(await only(runtime)).toMatchObject({ state: 'created' });
});

test('a program that may not be executed, and a folder that is missing, are told as such', async () => {
  const { runtime } = await openProcessBench();
  const folder = await createTempFolder();
  await writeFile(join(folder, 'tool.sh'), '#!/bin/sh\nexit 0\n');
  const spec = { command: ['./tool.sh'] };
  const plain = makeService('plain', { directory: folder, spec });
  await expect(launch(runtime, plain)).rejects.toMatchObject({
    code: 'PROGRAM_MISSING',
    hint: expect.stringContaining('chmod +x ./tool.sh'),
  });
  const nowhere = makeService('nowhere', { directory: join(folder, 'gone'), spec });
  await expect(launch(runtime, nowhere)).rejects.toMatchObject({
    code: 'PROGRAM_MISSING',
    message: expect.stringContaining(`The folder ${join(folder, 'gone')}`),
  });
  await chmod(join(folder, 'tool.sh'), 0o755);
  const [target] = (await seen(runtime)).filter(({ service }) => service === 'plain');
  await runtime.perform({ kind: 'start', target: target ?? { name: '' } }, new Map(), signal);
});

test('an environment that no program can be given is an error that does not quote it', async () => {
  const { runtime } = await openProcessBench();
  const env = { KEY: { secret: '/mcp#KEY' } };
  const values = new Map([['/mcp#KEY', 'planted-value\0']]);
  const service = makeService('broken', { spec: { env } });
  const failure: unknown = await launch(runtime, service, values).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'PROGRAM_FAILED' });
  expect(inspect(failure)).not.toContain('planted-value');
});

test('a service without a command cannot be made here', async () => {
  const { runtime } = await openProcessBench();
  const { command: _command, ...imageOnly } = makeService('image').spec;
  const image = { ...makeService('image'), spec: { ...imageOnly, image: 'echo:1' } };
  await expect(launch(runtime, image)).rejects.toMatchObject({ code: 'RUNTIME_UNSUPPORTED' });
  expect(await seen(runtime)).toEqual([]);
});

test('a program that exits at once is seen with its code, and its last words are kept', async () => {
  const { runtime } = await openProcessBench();
  const command = ['node', '-e', 'console.error("no licence"); process.exit(7)'];
  const { name } = await launch(runtime, makeService('brief', { spec: { command } }));
  await eventually(async () =>
    expect(await only(runtime)).toMatchObject({ state: 'exited', exit: { code: 7, signal: null } }),
  );
  await eventually(async () => expect(await lastLines(runtime, name)).toEqual(['no licence']));
});

test('a program that never listens runs as far as the runtime can tell', async () => {
  const { runtime } = await openProcessBench();
  const command = ['sleep', '600'];
  await launch(runtime, makeService('silent', { spec: { command } }));
  expect(await only(runtime)).toMatchObject({ state: 'running' });
});

test('a program that ignores TERM is killed after its grace', async () => {
  const { runtime } = await openProcessBench();
  const command = ['node', 'service.mjs', '--ignore-term'];
  const target = await launch(runtime, makeService('deaf', { spec: { command } }));
  await eventually(() => askFacts(target));
  await runtime.perform({ kind: 'stop', target, graceMs: 200 }, new Map(), signal);
  expect(await only(runtime)).toMatchObject({ exit: { code: null, signal: 'SIGKILL' } });
  expect(await lastLines(runtime, target.name)).toEqual(['ready', 'not now']);
});

test('a stop that may not wait for the grace is given up, and the program ends all the same', async () => {
  const { runtime } = await openProcessBench();
  const command = ['node', 'service.mjs', '--ignore-term'];
  const target = await launch(runtime, makeService('deaf', { spec: { command } }));
  await eventually(() => askFacts(target));
  const impatient = AbortSignal.timeout(100);
  const stop = { kind: 'stop', target, graceMs: 400 } as const;
  await expect(runtime.perform(stop, new Map(), impatient)).rejects.toMatchObject({
    code: 'TIMED_OUT',
  });
  await eventually(async () => expect(await only(runtime)).toMatchObject({ state: 'exited' }));
});

test('what a program left around goes with it', async () => {
  const { runtime, options } = await openProcessBench();
  const marker = `${options.managerId}/`;
  const command = ['node', 'messy.mjs'];
  const target = await launch(runtime, makeService('messy', { spec: { command } }));
  await eventually(() => expect(markedProcesses(marker).length).toBeGreaterThanOrEqual(6));
  await runtime.perform({ kind: 'stop', target, graceMs: 100 }, new Map(), signal);
  expect(markedProcesses(marker).filter(({ command: line }) => line.includes('sleep'))).toEqual([]);
});

test('a shim that is killed is an exit, and its program goes too', async () => {
  const { runtime, options } = await openProcessBench();
  const marker = `${options.managerId}/`;
  await launch(runtime, makeService('headless'));
  const shim = markedProcesses(marker).find(({ command }) => command.includes(' run '));
  process.kill(shim?.pid ?? Number.NaN, 'SIGKILL');
  await eventually(async () =>
    expect(await only(runtime)).toMatchObject({ state: 'exited', exit: { signal: 'SIGKILL' } }),
  );
  expect(markedProcesses(marker)).toEqual([]);
});

test('closing ends every program, and nothing starts any more', async () => {
  const options = await makeOptions();
  const runtime = await openProcessRuntime(options);
  onTestFinished(() => runtime.close());
  const names = ['one', 'two', 'three'];
  await Promise.all(names.map((name) => launch(runtime, makeService(name))));
  expect(markedProcesses(`${options.managerId}/`)).not.toEqual([]);
  await runtime.close();
  await eventually(() => expect(markedProcesses(`${options.managerId}/`)).toEqual([]));
  await expect(launch(runtime, makeService('late'))).rejects.toMatchObject({
    code: 'RUNTIME_UNAVAILABLE',
  });
});

test('a runtime without its guard program does not open', async () => {
  const options = await makeOptions({ shimPath: '/no/such/shim.ts' });
  await expect(openProcessRuntime(options)).rejects.toMatchObject({ code: 'RUNTIME_UNAVAILABLE' });
});

test('what cannot be held here is told in sentences', async () => {
  const { runtime } = await openProcessBench();
  const observation = await runtime.observe({ deep: true }, signal);
  expect(observation.ok && observation.limitations.join('\n')).toMatch(
    /isolates nothing[^]*memory/,
  );
});
