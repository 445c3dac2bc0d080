import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { markedProcesses } from '../../helpers/marked-processes.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import {
  askFacts,
  launch,
  makeService,
  only,
  openProcessBench,
  PROGRAMS,
  signal,
} from './bench.ts';

test('a program gets a few variables of the manager, its own, and nothing else', async () => {
  const environment = {
    PATH: process.env['PATH'],
    HOME: '/home/of/manager',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    TMPDIR: '/tmp',
    PLANTED_TOKEN: 'must not leak',
    NODE_OPTIONS: '--no-warnings',
  };
  const { runtime } = await openProcessBench({ environment });
  const service = makeService('given', { spec: { env: { LANG: 'de_DE.UTF-8', COLOUR: 'red' } } });
  const { environment: given } = await eventually(async () =>
    askFacts(await launch(runtime, service)),
  );
  expect(given).toMatchObject({ HOME: '/home/of/manager', LANG: 'de_DE.UTF-8', COLOUR: 'red' });
  expect(given['PATH']).toBe(`${dirname(process.execPath)}:${process.env['PATH']}`);
  expect(Object.keys(given).toSorted()).toEqual([
    'COLOUR',
    'HOME',
    'LANG',
    'MCP_CONTAINER_PORT',
    'MCP_INSTANCE_ID',
    'MCP_MANAGER_INSTANCE',
    'MCP_PORT',
    'MCP_SERVICE_NAME',
    'PATH',
    'PORT',
    'TMPDIR',
    'TZ',
  ]);
});

test('a program runs in the folder of its service', async () => {
  const { runtime } = await openProcessBench();
  const directory = await createTempFolder();
  const command = ['node', `${PROGRAMS}service.mjs`];
  const instance = await launch(runtime, makeService('here', { directory, spec: { command } }));
  expect((await eventually(() => askFacts(instance))).folder).toBe(directory);
});

test('a secret value stands in no command line, and only in the program of all processes', async () => {
  const { runtime, options } = await openProcessBench();
  const env = { KEY: { secret: '/mcp#KEY' } };
  const values = new Map([['/mcp#KEY', 'planted-value']]);
  const instance = await launch(runtime, makeService('secretive', { spec: { env } }), values);
  const { pid } = await eventually(() => askFacts(instance));
  const processes = markedProcesses(`${options.managerId}/`);
  expect(processes).toHaveLength(2);
  expect(JSON.stringify(processes)).not.toContain('planted-value');
  const holders = processes.filter(({ pid: one }) =>
    readFileSync(`/proc/${one}/environ`, 'utf8').includes('planted-value'),
  );
  expect(holders.map(({ pid: one }) => one)).toEqual([pid]);
});

test('an instance keeps its port over a restart, and takes another when that is taken', async () => {
  const { runtime } = await openProcessBench();
  const first = await launch(runtime, makeService('port'));
  await eventually(() => askFacts(first));
  await runtime.perform({ kind: 'stop', target: first, graceMs: 2_000 }, new Map(), signal);
  await runtime.perform({ kind: 'start', target: first }, new Map(), signal);
  const second = await only(runtime);
  expect(second?.url).toBe(first.url);
  await runtime.perform({ kind: 'stop', target: first, graceMs: 2_000 }, new Map(), signal);
  const stranger = createServer().listen(Number(new URL(first.url ?? '').port), '127.0.0.1');
  onTestFinished(() => {
    stranger.close();
  });
  await once(stranger, 'listening');
  await runtime.perform({ kind: 'start', target: first }, new Map(), signal);
  const third = await only(runtime);
  expect(third?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(third?.url).not.toBe(first.url);
});

test('programs that start at the same moment get different ports', async () => {
  const { runtime } = await openProcessBench();
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const spec = { command: ['sleep', '600'] };
  const instances = await Promise.all(
    names.map((name) => launch(runtime, makeService(name, { spec }))),
  );
  expect(new Set(instances.map(({ url }) => url)).size).toBe(names.length);
});
