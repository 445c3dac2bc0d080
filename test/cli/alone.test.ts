import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { OpenManager, OpenOptions } from '../../src/cli/host.ts';
import {
  NO_ANSWERS,
  createFakeControl,
  someHealth,
  someResult,
  someStatus,
} from '../http/fake-control.ts';
import { createFakeDocuments } from './fake-documents.ts';
import { createPlan } from './plan-fixture.ts';
import { runCommand } from './run-command.ts';
import { createFakeInspection } from '../http/fake-inspection.ts';

const FLEET = 'apiVersion: mcp-manager/v1\nservices:\n  echo:\n    command: [node, echo.ts]\n';
const TROUBLE = 'no router is running: the URLs answer once `mcp-manager run` is up';

const fleet = () => createFakeDocuments({ 'fleet.yaml': FLEET }, { managerId: 'blue' });

const refuse: OpenManager = () =>
  Promise.reject(new AppError('LEASE_HELD', 'held by "apply", process 7'));

/** A fake manager in this process that notes how it was opened and that it was closed. */
function createOpening(control = createFakeControl({ plan: async () => createPlan() })) {
  const opened: Omit<OpenOptions, 'signal'>[] = [];
  const story: string[] = [];
  const openManager: OpenManager = async (_config, _log, { signal: _signal, ...options }) => {
    opened.push(options);
    return {
      control,
      audit() {},
      inspection: createFakeInspection(),
      answers: NO_ANSWERS,
      readiness: () => ({ isReady: true, checks: [] }),
      access: {},
      run: async () => {},
      async [Symbol.asyncDispose]() {
        story.push('closed');
      },
    };
  };
  return { control, opened, story, openManager };
}

test.each(['restart', 'unpause', 'update'])(
  'without a manager %s is done at once, under the lease, and its end is told',
  async (kind) => {
    const echo = someStatus('echo', { image: 'docker.io/library/nginx:1' });
    const { control, opened, story, openManager } = createOpening(
      createFakeControl({
        plan: async () => createPlan(),
        status: async () => ({ services: [echo], problems: [], leftAlone: [] }),
        async *apply() {
          yield { kind: 'result', result: someResult() };
        },
        health: async () => {
          story.push('told');
          return someHealth();
        },
      }),
    );
    const { code, out, err } = await runCommand(`${kind} echo`, { openManager });
    expect(code).toBe(0);
    expect(opened.at(-1)).toEqual({ mode: 'alone', command: kind });
    expect(control.calls).toContainEqual(['ask', { kind, service: 'echo', by: 'ada@host' }]);
    expect(control.calls).toContainEqual([
      'apply',
      { names: ['echo'], wait: true, by: 'ada@host' },
    ]);
    expect(out).toContain('Apply complete');
    expect(err).toContain('nothing is kept so from now on');
    expect(story.slice(-2)).toEqual(['told', 'closed']);
  },
);

test('without a manager pause only remembers: there is nothing to do', async () => {
  const { control, openManager } = createOpening();
  expect((await runCommand('pause echo', { openManager })).code).toBe(0);
  expect(control.calls.map(([method]) => method)).toEqual(['ask']);
});

test.each(['stop', 'start'])('without a manager %s edits and is done at once', async (kind) => {
  const documents = fleet();
  const { control, opened, openManager } = createOpening();
  const { code } = await runCommand(`${kind} echo`, { openManager, documents });
  expect(code).toBe(0);
  expect(opened).toEqual([{ mode: 'alone', command: kind }]);
  expect(control.calls).toContainEqual(['apply', { names: ['echo'], wait: true, by: 'ada@host' }]);
});

test.each(['remove echo --yes', 'forget echo'])(
  'without a manager `%s` is done at once',
  async (line) => {
    const { control, openManager } = createOpening();
    const { code } = await runCommand(line, { openManager, documents: fleet() });
    expect(code).toBe(0);
    expect(control.calls.map(([method]) => method)).toEqual(['ask', 'wake', 'apply', 'health']);
  },
);

test('without a manager the exit code is that of what became of it', async () => {
  const broken = someStatus('echo', { state: 'CrashLoop', cause: 'exit code 1' });
  const control = createFakeControl({
    async *apply() {
      yield { kind: 'result', result: someResult({ outcome: 'not-verified', services: [broken] }) };
    },
  });
  const { code, out } = await runCommand('restart echo', { control });
  expect(code).toBe(4);
  expect(out).toContain('echo  CrashLoop  exit code 1');
});

test('without a manager --json is one document, with the result in it', async () => {
  const { openManager } = createOpening();
  const { out, err } = await runCommand('restart echo --json', { openManager });
  expect(JSON.parse(out)).toEqual({ kind: 'restart', services: ['echo'], result: someResult() });
  expect(err).toBe('');
});

test('without a manager apply says what works only with one', async () => {
  const control = createFakeControl({ health: async () => someHealth({ troubles: [TROUBLE] }) });
  const { opened, openManager } = createOpening(control);
  const { code, err } = await runCommand('apply --auto-approve', { openManager });
  expect(code).toBe(0);
  expect(opened).toEqual([{ mode: 'alone', command: 'apply' }]);
  expect(err).toContain(TROUBLE);
  expect(err).toContain('nothing is kept so from now on');
});

test('without a manager apply cannot leave the rest to anybody', async () => {
  const { control, openManager } = createOpening();
  const { code, err } = await runCommand('apply --auto-approve --no-wait', { openManager });
  expect(code).toBe(1);
  expect(err).toContain('REFUSED no manager is running that would do the rest');
  expect(control.calls).toEqual([]);
});

test('a lease that somebody else holds ends every such command with 5, and nothing is edited', async () => {
  for (const line of ['restart echo', 'stop echo', 'remove echo --yes', 'apply --auto-approve']) {
    const documents = fleet();
    const { code, err } = await runCommand(line, { openManager: refuse, documents });
    expect(code, line).toBe(5);
    expect(err).toContain('process 7');
    expect(documents.files.get('fleet.yaml')).toBe(FLEET);
  }
});

test('plan and status only look', async () => {
  const { opened, openManager } = createOpening();
  await runCommand('plan', { openManager });
  await runCommand('status', { openManager });
  expect(opened).toEqual([{ mode: 'none' }, { mode: 'none' }]);
});

test('stop edits its document also where nothing can run now', async () => {
  const documents = fleet();
  const environment = { BACKEND_ENVIRONMENT: 'process' };
  const { openManager, opened } = createOpening();
  const { code, err } = await runCommand('stop echo', { documents, environment, openManager });
  expect(code).toBe(0);
  expect(err).toContain('it takes effect with `mcp-manager run`');
  expect(documents.files.get('fleet.yaml')).toContain('power: off');
  expect(opened).toEqual([]);
});
