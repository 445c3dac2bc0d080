import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { createSocketClient } from '../../src/cli/socket-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace } from '../helpers/manager.ts';

test('in an empty folder init, validate, plan and run lead to a service that runs', async () => {
  const place = createWorkplace(onTestFinished);
  rmSync(place.path(''), { recursive: true });
  delete place.environment['MANAGER_ID'];
  const early = await place.cli('validate');
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('mcp-manager init') });

  const made = await place.cli('init');
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toContain('mcp-manager run --runtime process');
  expect((await place.cli('init')).stdout).toContain('they stay as they are');
  expect((await place.cli('validate')).stdout).toBe('Valid: 1 service.\n');
  const planned = await place.cli('plan', '--runtime', 'process', '--detailed-exitcode');
  expect(planned).toMatchObject({ code: 2, stderr: '' });
  expect((await place.cli('diff', '--runtime', 'process')).code).toBe(1);

  const manager = place.start('run', '--runtime', 'process', '--json');
  await manager.said(/"ready"/);
  const { ready } = JSON.parse(manager.stdout());
  const control = createSocketClient(ready.socket);
  await eventually(async () => {
    expect((await control.status()).services).toMatchObject([{ state: 'Running' }]);
  });
  expect((await place.cli('plan')).stdout).toContain('No changes');
});

test('without a manager commands say so, and applying to child processes names run', async () => {
  const place = createWorkplace(onTestFinished);
  place.declare('fleet.yaml', { one: { command: ['true'] } });
  const status = await place.cli('status', '--runtime', 'process');
  expect(status.code).toBe(0);
  expect(status.stdout).toContain('No manager is running');
  const apply = await place.cli('apply', '--runtime', 'process');
  expect(apply.code).toBe(1);
  expect(apply.stderr).toContain('mcp-manager run --runtime process');
  place.environment['CONTAINER_HOST'] = `unix://${place.path('no.sock')}`;
  const undecided = await place.cli('run');
  expect(undecided.code).toBe(1);
  expect(undecided.stderr).toContain('--runtime process');
});

test('a completion script is printed for bash, and completes commands and flags', async () => {
  const place = createWorkplace(onTestFinished);
  const { code, stdout } = await place.cli('completion', 'bash');
  expect(code).toBe(0);
  expect(stdout).toContain('complete ');
  expect((await place.cli('complete', '--', 'stat')).stdout).toMatch(/^status\b/m);
});

test('every command explains itself with examples', async () => {
  const place = createWorkplace(onTestFinished);
  const help = await place.cli('--help');
  const commands = [...help.stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name = '']) => name);
  expect(commands).toEqual(expect.arrayContaining(['run', 'plan', 'apply', 'doctor']));
  const run = await place.cli('run', '--help');
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Examples:') });
});
