import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ApplyResult } from '../../src/control.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import {
  createFakeControl,
  someEvent,
  someHealth,
  someResult,
  someStatus,
  type FakeControl,
} from '../http/fake-control.ts';
import { createPlan } from './plan-fixture.ts';
import { runCommand, serveManager } from './run-command.ts';

const changing = (replaced = {}) =>
  createFakeControl({ plan: async () => createPlan(), ...replaced });

function applied({ calls }: FakeControl): unknown {
  return calls.find(([method]) => method === 'apply')?.[1];
}

test('the plan is shown, and carried out after a yes', async () => {
  const control = changing();
  const { code, out } = await runCommand('apply', { control, answers: ['yes'] });
  expect(code).toBe(0);
  expect(out).toContain('# echo will be created');
  expect(out).toContain('Do you want to perform these actions?');
  expect(out).toContain('Apply complete: 1 service is as wanted.');
  expect(out).toContain('http://127.0.0.1:7999/mcp/echo');
  expect(applied(control)).toEqual({ plan: createPlan(), wait: true, by: 'ada@host' });
});

test.each(['no', 'y', 'YES', ''])('the answer "%s" changes nothing', async (answer) => {
  const control = changing();
  const { code, out } = await runCommand('apply', { control, answers: [answer] });
  expect(code).toBe(1);
  expect(out).toContain('Nothing was done.');
  expect(applied(control)).toBeUndefined();
});

test('where nobody can be asked, nothing is done and the way out is said', async () => {
  const control = changing();
  const { code, err } = await runCommand('apply', { control });
  expect(code).toBe(1);
  expect(err).toContain('--auto-approve');
  expect(applied(control)).toBeUndefined();
});

test('--json never asks', async () => {
  const control = changing();
  expect((await runCommand('apply --json', { control, answers: ['yes'] })).code).toBe(1);
  expect(applied(control)).toBeUndefined();
});

test('with --auto-approve exactly the plan that was shown is applied', async () => {
  const control = changing({ health: async () => someHealth({ mode: 'approve' }) });
  const { stateFolder } = await serveManager(control);
  await runCommand('apply --auto-approve --no-wait --allow-removals 2', { stateFolder });
  expect(applied(control)).toEqual({
    plan: createPlan(),
    wait: false,
    by: 'ada@host',
    allowRemovals: 2,
  });
});

test('apply waits, and may be told so', async () => {
  const control = changing();
  expect((await runCommand('apply --auto-approve --wait', { control })).code).toBe(0);
  expect(applied(control)).toMatchObject({ wait: true });
});

test('a saved plan is applied without asking and without a new plan', async () => {
  const file = join(await createTempFolder(), 'plan.json');
  await writeFile(file, JSON.stringify(createPlan()));
  const control = changing();
  expect((await runCommand(`apply ${file}`, { control })).code).toBe(0);
  expect(control.calls.map(([method]) => method)).not.toContain('plan');
  expect(applied(control)).toMatchObject({ plan: createPlan() });
});

test('under a manager that applies by itself nobody is asked and no plan is needed', async () => {
  const control = changing();
  const { stateFolder } = await serveManager(control);
  const { code } = await runCommand('apply --allow-removals 4', { stateFolder });
  expect(code).toBe(0);
  expect(applied(control)).toEqual({ wait: true, by: 'ada@host', allowRemovals: 4 });
  expect(control.calls.map(([method]) => method)).not.toContain('plan');
});

test('under a manager that waits for approval the plan is asked of it and approved', async () => {
  const control = changing({ health: async () => someHealth({ mode: 'approve' }) });
  const { stateFolder } = await serveManager(control);
  await runCommand('apply', { stateFolder, answers: ['yes'] });
  expect(applied(control)).toMatchObject({ plan: createPlan() });
});

test('on the process runtime without a manager the error names run', async () => {
  const control = changing();
  const environment = { BACKEND_ENVIRONMENT: 'process' };
  const { code, err } = await runCommand('apply --auto-approve', { control, environment });
  expect(code).toBe(1);
  expect(err).toContain('NOT_SUPPORTED');
  expect(err).toContain('mcp-manager run --runtime process');
  expect(control.calls).toEqual([]);
});

test.each([
  ['converged', 0],
  ['begun', 0],
  ['failed', 1],
  ['blocked', 1],
  ['stale', 3],
  ['not-verified', 4],
] as const satisfies readonly (readonly [ApplyResult['outcome'], number])[])(
  'the outcome %s is exit code %d',
  async (outcome, expected) => {
    const control = createFakeControl({
      async *apply() {
        yield { kind: 'result', result: someResult({ outcome }) };
      },
    });
    expect((await runCommand('apply --auto-approve', { control })).code).toBe(expected);
  },
);

test('a failed service is told with its cause and its last output', async () => {
  const broken = someStatus('echo', { state: 'Failed', cause: 'exit code 1', lastLog: ['boom'] });
  const control = createFakeControl({
    async *apply() {
      yield { kind: 'result', result: someResult({ outcome: 'failed', services: [broken] }) };
    },
  });
  const { out } = await runCommand('apply --auto-approve', { control });
  expect(out).toContain('echo  Failed  exit code 1');
  expect(out).toContain('| boom');
});

test('what has only begun is not told as done', async () => {
  const services = [someStatus('echo', { state: 'Updating', cause: 'a new release' })];
  const control = createFakeControl({
    async *apply() {
      yield { kind: 'result', result: someResult({ outcome: 'begun', services }) };
    },
  });
  const { stateFolder } = await serveManager(control);
  const { out, code } = await runCommand('apply --auto-approve --no-wait', { stateFolder });
  expect(code).toBe(0);
  expect(out).toContain('Apply has begun');
  expect(out).toContain('echo  Updating  a new release');
  expect(out).not.toContain('as wanted');
});

test('a stale plan names the services and what moved', async () => {
  const stale = [{ service: 'echo', moved: 'it was replaced meanwhile' }];
  const control = createFakeControl({
    async *apply() {
      yield { kind: 'result', result: someResult({ outcome: 'stale', stale }) };
    },
  });
  const { out } = await runCommand('apply --auto-approve', { control });
  expect(out).toContain('Saved plan is stale');
  expect(out).toContain('echo: it was replaced meanwhile');
});

test('--json prints the events and the result, one object a line, and nothing else', async () => {
  const { out } = await runCommand('apply --auto-approve --json', { control: changing() });
  const lines = out.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([someEvent(1), { result: someResult() }]);
});

test('off a terminal progress is one plain line per event', async () => {
  const { out } = await runCommand('apply --auto-approve');
  expect(out).toContain('00:00:00 echo service.started\n');
  expect(out).not.toContain('\u001B');
});

test('on a terminal a service has one line that is drawn again', async () => {
  const control = createFakeControl({
    async *apply() {
      yield { kind: 'event', event: someEvent(1, { type: 'io.mcpmanager.service.created' }) };
      yield { kind: 'event', event: someEvent(2, { type: 'io.mcpmanager.service.verified' }) };
      yield { kind: 'result', result: someResult() };
    },
  });
  const { out } = await runCommand('apply --auto-approve', { control, isTerminal: true });
  expect(out).toContain('service.created\u001B[K\n\u001B[1A');
  expect(out).toContain('  echo  0s  service.verified\u001B[K\n');
});

test('a manager that goes away before the result is an error, not a success', async () => {
  const control = createFakeControl({
    async *apply() {
      yield { kind: 'event', event: someEvent(1) };
    },
  });
  const { code, err } = await runCommand('apply --auto-approve', { control });
  expect(code).toBe(1);
  expect(err).toContain('MANAGER_UNREACHABLE');
});
