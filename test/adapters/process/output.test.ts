import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLineCutter, LONGEST_LINE } from '../../../src/adapters/process/lines.ts';
import { createLogFile } from '../../../src/adapters/process/log-file.ts';
import { openLogFiles } from '../../../src/adapters/process/log-files.ts';
import { createOutput } from '../../../src/adapters/process/output.ts';
import { openProcessRuntime } from '../../../src/adapters/process/runtime.ts';
import type { LogLine } from '../../../src/ports.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createStep } from '../../helpers/services.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { lastLines, launch, makeService, openProcessBench, signal } from './bench.ts';

const MEBIBYTE = 1024 * 1024;

test('lines end with LF or CRLF wherever the chunks are cut, and the last one needs no end', () => {
  const cutter = createLineCutter();
  expect(
    ['one\ntw', 'o\r', '\nthree', ' and', '\n\nfour'].flatMap((chunk) => cutter.cut(chunk)),
  ).toEqual(['one', 'two', 'three and', '']);
  expect(cutter.rest()).toEqual(['four']);
});

test('an endless line is cut and costs no more than its beginning', () => {
  const cutter = createLineCutter();
  const chunk = 'x'.repeat(64 * 1024);
  for (let count = 0; count < 1_000; count++) expect(cutter.cut(chunk)).toEqual([]);
  expect(cutter.cut('end\nnext')).toEqual(['x'.repeat(LONGEST_LINE)]);
  expect(cutter.rest()).toEqual(['next']);
});

test('only the last thousand lines, and half a million characters, are kept in memory', async () => {
  const many = createOutput();
  for (let count = 0; count < 5_000; count++) many.add(lineOf(`line ${count}`));
  const lines = await textsOf(many.read({ follow: false }, signal));
  expect(lines).toHaveLength(1_000);
  expect(lines.at(0)).toBe('line 4000');
  const long = createOutput();
  for (let count = 0; count < 1_000; count++) long.add(lineOf('x'.repeat(LONGEST_LINE)));
  expect((await textsOf(long.read({ follow: false }, signal))).length).toBeLessThanOrEqual(64);
});

test('a reader that is slower than the program misses lines and goes on', async () => {
  const output = createOutput();
  output.add(lineOf('first'));
  const reader = output.read({ follow: true }, signal);
  expect((await reader.next()).value?.text).toBe('first');
  for (let count = 0; count < 3_000; count++) output.add(lineOf(`line ${count}`));
  expect((await reader.next()).value?.text).toBe('line 2000');
  output.close();
  expect(await textsOf(reader)).toHaveLength(999);
});

test('lines from a moment on can be asked for', async () => {
  const output = createOutput();
  for (const atMs of [10, 20, 30]) output.add({ atMs, stream: 'stdout', text: String(atMs) });
  expect(await textsOf(output.read({ follow: false, sinceMs: 20 }, signal))).toEqual(['20', '30']);
});

test('the file of a service is bounded, is its owner’s alone, and gives back the last lines', async () => {
  const path = join(await createTempFolder(), 'logs', 'echo.log');
  const file = createLogFile(path);
  const block = Array.from({ length: 128 }, () => lineOf('x'.repeat(LONGEST_LINE - 1)));
  for (let count = 0; count < 14; count++) await file.append('echo-1', block);
  await file.append('echo-1', [{ atMs: 5, stream: 'stderr', text: 'the last' }]);
  await file.append('echo-2', [lineOf('of another instance')]);
  const [recent, older] = await Promise.all([stat(path), stat(`${path}.1`)]);
  expect(recent.size).toBeLessThan(7 * MEBIBYTE);
  expect(older.size).toBeLessThan(7 * MEBIBYTE);
  expect(recent.mode & 0o777).toBe(0o600);
  const tail = await createLogFile(path).tail('echo-1');
  expect(tail.at(-1)).toEqual({ atMs: 5, stream: 'stderr', text: 'the last' });
  expect(tail.length).toBeGreaterThan(30);
});

test('the output of services that are long gone is deleted at the next start', async () => {
  const folder = join(await createTempFolder(), 'logs');
  const files = await openLogFiles(folder, 0);
  await files.of('gone').append('gone-1', [lineOf('old')]);
  await files.of('here').append('here-1', [lineOf('new')]);
  await utimes(join(folder, 'gone.log'), 0, 0);
  await openLogFiles(folder, Date.now());
  expect(await readdir(folder)).toEqual(['here.log']);
});

test('once the files are closed all that was printed before is in them, and nothing is written any more', async () => {
  const folder = join(await createTempFolder(), 'logs');
  const files = await openLogFiles(folder, 0);
  const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
  const printed = Array.from({ length: 10 }, () => lineOf('x'.repeat(LONGEST_LINE)));
  for (const name of names) for (const line of printed) void files.of(name).append(name, [line]);

  await files.close();
  for (const name of names) expect(await files.of(name).tail(name)).toHaveLength(printed.length);
  await rm(folder, { recursive: true });
  for (const name of [...names, 'never']) await files.of(name).append(name, printed);
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
});

test('what was printed before the manager ended can be read after its next start', async () => {
  const { runtime, options } = await openProcessBench();
  const command = ['sh', '-c', 'echo out; echo err >&2; exit 3'];
  const service = makeService('earlier', { spec: { command } });
  const { name } = await launch(runtime, service);
  await eventually(async () => expect(await lastLines(runtime, name)).toHaveLength(2));
  await runtime.close();
  const next = await openProcessRuntime(options);
  await next.perform(createStep(service), new Map(), signal);
  expect((await lastLines(next, name)).toSorted()).toEqual(['err', 'out']);
  const text = await readFile(join(options.stateFolder, 'logs', 'earlier.log'), 'utf8');
  expect(text).toMatch(new RegExp(`^\\S+Z ${name} stderr err$`, 'm'));
  await next.close();
});

test('a program that floods its output is slowed down, and takes neither memory nor time', async () => {
  const { runtime } = await openProcessBench();
  const before = process.memoryUsage().rss;
  const command = ['sh', '-c', 'yes flood & yes flood >&2'];
  const instance = await launch(runtime, makeService('flood', { spec: { command } }));
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  await eventually(async () => expect(await lastLines(runtime, instance.name)).toHaveLength(1_000));
  await eventually(() => expect(performance.now() - startMs).toBeGreaterThan(600));
  const { user, system } = process.cpuUsage(cpu);
  expect((user + system) / 1_000 / (performance.now() - startMs)).toBeLessThan(0.8);
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * MEBIBYTE);
  await runtime.perform({ kind: 'stop', target: instance, graceMs: 1_000 }, new Map(), signal);
  expect(await runtime.observe({ deep: false }, signal)).toMatchObject({
    instances: [{ state: 'exited' }],
  });
});

function lineOf(text: string): LogLine {
  return { atMs: 0, stream: 'stdout', text };
}

async function textsOf(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of lines) texts.push(text);
  return texts;
}
