import { expect, test } from 'vitest';
import type { Control } from '../../src/control.ts';
import type { Documents } from '../../src/ports.ts';
import { START_MS } from '../helpers/services.ts';
import {
  createFakeControl,
  someEntry,
  someEvent,
  someHealth,
  someStatus,
} from '../http/fake-control.ts';
import { createFakeDocuments } from './fake-documents.ts';
import { runCommand, serveManager } from './run-command.ts';

const two: Control['status'] = async () => ({
  services: [
    someStatus('echo'),
    someStatus('search', {
      state: 'CrashLoop',
      cause: 'exit code 1\nagain',
      labels: {},
      restarts: 7,
      conditions: [
        { type: 'Available', status: 'False', reason: 'Crashed', message: '' },
        { type: 'Verified', status: 'Unknown', reason: 'NotRunning', message: '' },
      ],
    }),
  ],
  problems: [
    { file: 'a.yaml', line: 3, column: 5, code: 'UNKNOWN_FIELD', message: 'no field "x"' },
  ],
  leftAlone: [
    {
      kind: 'volume',
      service: 'gone',
      runtime: 'podman',
      name: 'old-data',
      cause: 'it holds data of gone',
      allow: 'remove it',
    },
  ],
});

test('status is one line per service with what matters, and the problems below', async () => {
  const control = createFakeControl({ status: two });
  const { code, out } = await runCommand('status', { control });
  expect(code).toBe(0);
  const lines = out.split('\n');
  expect(lines[0]).toMatch(/^NAME +STATE +CONDITIONS +MCP +UP +RESTARTS +CHANGED +URL +CAUSE$/);
  expect(lines[1]).toMatch(/^echo +Running +ok +modern, 1 tools +1m +0 +- +http:\S+\/mcp\/echo$/);
  expect(lines[2]).toMatch(/^search +CrashLoop +!Available \?Verified .* exit code 1 again$/);
  expect(out).toContain('a.yaml:3:5 UNKNOWN_FIELD no field "x"');
  expect(out).toContain('No manager is running');
});

test('status under a manager does not speak of a missing one', async () => {
  const { stateFolder } = await serveManager(createFakeControl());
  const { out } = await runCommand('status', { stateFolder });
  expect(out).not.toContain('No manager');
});

const readNothing: Documents['read'] = async () => ({ ok: false, cause: 'no such folder' });

test.each(['status', 'health'])(
  '%s without the folder that names the fleet does not deny that a manager runs',
  async (command) => {
    const documents = { ...createFakeDocuments({}), read: readNothing };
    const environment = { STATE_DIR: '', XDG_STATE_HOME: '/nowhere' };
    const { out, err } = await runCommand(command, { documents, environment });
    expect(out + err).toContain('Whether a manager runs is not known');
    expect(out + err).not.toContain('No manager is running');
  },
);

test('status --json is the report, narrowed by name and label', async () => {
  const control = createFakeControl({ status: two });
  const all = JSON.parse((await runCommand('status --json', { control })).out);
  expect(all).toEqual(await two());
  const byName = JSON.parse((await runCommand('status search --json', { control })).out);
  expect(byName.services).toMatchObject([{ name: 'search' }]);
  const byLabel = JSON.parse((await runCommand('status -l team=search --json', { control })).out);
  expect(byLabel.services).toMatchObject([{ name: 'echo' }]);
});

test('status of a name that is not there is an error with a near name', async () => {
  const { code, err } = await runCommand('status ecko');
  expect(code).toBe(1);
  expect(err).toContain('there is no service ecko (did you mean "echo"?)');
});

test('status -w prints again when something changed, and ends when told', async () => {
  const ending = new AbortController();
  let asked = 0;
  const control = createFakeControl({
    status: async () => {
      asked += 1;
      if (asked === 3) ending.abort();
      return {
        services: [someStatus('echo', { restarts: asked > 2 ? 1 : 0 })],
        problems: [],
        leftAlone: [],
      };
    },
  });
  const { out } = await runCommand('status -w --json', { control, signal: ending.signal });
  expect(out.trim().split('\n')).toHaveLength(2);
});

test('get tells all about one service', async () => {
  const control = createFakeControl({ status: two });
  const { code, out } = await runCommand('get search', { control });
  expect(code).toBe(0);
  expect(out).toMatch(/^search {2}CrashLoop {2}exit code 1/);
  expect(out).toContain('restarts');
  expect(out).toContain('Crashed');
  const json = await runCommand('get search --json', { control });
  expect(JSON.parse(json.out)).toEqual((await two()).services[1]);
});

test('get of a name that is not there is an error with a near name', async () => {
  expect(await runCommand('get eco')).toMatchObject({
    code: 1,
    err: expect.stringContaining('did you mean "echo"?'),
  });
});

test('logs prints lines, asks for what was wanted, and is an object a line in JSON', async () => {
  const control = createFakeControl();
  const { out } = await runCommand('logs echo -f --tail 5 --since 10m', { control });
  expect(out).toBe('hello\n');
  expect(control.calls.filter(([method]) => method === 'logs')).toEqual([
    ['logs', 'echo', { follow: true, tail: 5, sinceMs: START_MS + 60_000 - 600_000 }],
  ]);
  const json = await runCommand('logs echo --json');
  expect(JSON.parse(json.out)).toEqual({ atMs: START_MS, stream: 'stdout', text: 'hello' });
});

test('logs of a name that is not there is an error with a near name', async () => {
  expect(await runCommand('logs ecko')).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is no service ecko (did you mean "echo"?)'),
  });
});

test('events without a flag are all that are kept, one a line', async () => {
  const control = createFakeControl();
  const { out } = await runCommand('events', { control });
  expect(out).toBe('00:00:00 echo service.started\n00:00:00 echo service.started\n');
  expect(control.calls).toEqual([['events', { follow: false, since: '1970-01-01T00:00:00.000Z' }]]);
});

test.each([
  ['--since producer/7', { follow: false, since: 'producer/7' }],
  ['--since 2026-01-01T00:00:00Z', { follow: false, since: '2026-01-01T00:00:00.000Z' }],
  ['--since 1m', { follow: false, since: '2026-01-01T00:00:00.000Z' }],
  ['--service echo --since producer/1', { follow: false, since: 'producer/1', service: 'echo' }],
])('events %s asks for just that', async (flags, expected) => {
  const control = createFakeControl();
  await runCommand(`events ${flags}`, { control });
  expect(control.calls).toEqual([['events', expected]]);
});

test('events --follow begins now', async () => {
  const control = createFakeControl({
    async *events() {
      yield someEvent(5);
    },
  });
  const { out } = await runCommand('events --follow --json', { control });
  expect(JSON.parse(out)).toEqual(someEvent(5));
  expect(control.calls).toEqual([['events', { follow: true }]]);
});

test('who looks at some services is told that events are no longer kept', async () => {
  const { subject: _none, ...trimmed } = someEvent(1, { type: 'io.mcpmanager.events.trimmed' });
  const control = createFakeControl({
    async *events() {
      yield trimmed;
      yield someEvent(2, { subject: 'other' });
    },
  });
  const { out } = await runCommand('events --selector team=search', { control });
  expect(out).toMatch(/^\S+ - events\.trimmed\n$/);
});

test('events by label are those of the services that carry it', async () => {
  const control = createFakeControl({
    status: two,
    async *events() {
      yield someEvent(1, { subject: 'search' });
      yield someEvent(2);
    },
  });
  const { out } = await runCommand('events -l team=search --json', { control });
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([someEvent(2)]);
});

test('a time that nobody can read is a mistake in the flag', async () => {
  expect((await runCommand('events --since yesterday')).err).toContain('Expected an event id');
});

test('history is a table of steps, how they ended and why', async () => {
  const failed = someEntry({ result: 'failed', code: 'PROGRAM_FAILED', message: 'exit 1' });
  const { result: _result, endedAtMs: _endedAtMs, ...open } = someEntry();
  const control = createFakeControl({ history: async () => [open, failed, someEntry()] });
  const { out } = await runCommand('history echo --limit 3', { control });
  const [, first, second, third] = out.split('\n');
  expect(first).toContain('under way');
  expect(second).toContain('failed PROGRAM_FAILED in 20 ms');
  expect(second).toContain('new: exit 1');
  expect(third).toMatch(
    /^2026-01-01T00:00:00Z {2}echo +create +mcp-echo-12345678-1 +done in 20 ms/,
  );
  expect(out).toContain('Releases of echo:');
  expect(out).toMatch(/r1-a +1970-01-01T00:00:00Z +running/);
  expect(control.calls).toEqual([
    ['history', { service: 'echo', limit: 3 }],
    ['status'],
    ['releases', 'echo'],
  ]);
});

test('history of several services is one list, newest first', async () => {
  const control = createFakeControl({
    history: async ({ service = '' }) => [
      someEntry({ service, atMs: service === 'echo' ? 1 : 3 }),
      someEntry({ service, atMs: service === 'echo' ? 0 : 2 }),
    ],
  });
  const { out } = await runCommand('history echo other --limit 3 --json', { control });
  const entries: { readonly atMs: number }[] = JSON.parse(out);
  expect(entries.map(({ atMs }) => atMs)).toEqual([3, 2, 1]);
});

test('health is 0 when a manager answers and 1 when none does', async () => {
  const control = createFakeControl({
    health: async () => someHealth({ troubles: ['Redis is down'] }),
  });
  const { stateFolder } = await serveManager(control);
  const running = await runCommand('health', { stateFolder });
  expect(running.code).toBe(0);
  expect(running.out).toContain('Manager blue 1.2.3: pid 42, mode auto');
  expect(running.out).toContain('trouble: Redis is down');
  const none = await runCommand('health');
  expect(none).toMatchObject({ code: 1, err: expect.stringContaining('mcp-manager run') });
});
