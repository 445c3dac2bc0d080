import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { AppError } from '../../src/errors.ts';
import { createFakeControl } from '../http/fake-control.ts';
import { runCommand } from './run-command.ts';

test('help lists every command and how to begin', async () => {
  const { code, out } = await runCommand('--help');
  expect(code).toBe(0);
  for (const { name, summary } of COMMANDS)
    expect(out).toContain(`  ${name.padEnd(13)}  ${summary}`);
  expect(out).toContain('Begin with `mcp-manager init`');
});

test.each(COMMANDS.map(({ name }) => name))('the help of %s has examples', async (name) => {
  const { code, out } = await runCommand(`${name} --help`);
  expect(code).toBe(0);
  expect(out).toMatch(/Examples:\n {2}\$ mcp-manager /);
  expect(out).toContain('--desired <dir>');
});

test('a command that does not exist is answered with a near one', async () => {
  const { code, err } = await runCommand('stauts');
  expect(code).toBe(1);
  expect(err).toContain('Did you mean status?');
});

test('a flag that does not exist is answered with a near one', async () => {
  const { code, err } = await runCommand('plan --detailed-exitcod');
  expect(code).toBe(1);
  expect(err).toContain('Did you mean --detailed-exitcode?');
});

test('a flag that cannot be read says what it wants', async () => {
  const { code, err } = await runCommand('plan --allow-removals many');
  expect(code).toBe(1);
  expect(err).toContain('Expected a whole number');
});

test('mistakes in the configuration are told together, and no stack with them', async () => {
  const environment = { ROUTER_PORT: 'x', RESYNC_INTERVAL: '1' };
  const { code, err } = await runCommand('status', { environment });
  expect(code).toBe(1);
  expect(err).toMatch(/^Error: CONFIG_INVALID/);
  expect(err).toContain('ROUTER_PORT="x"');
  expect(err).toContain('RESYNC_INTERVAL="1"');
  expect(err).not.toContain('    at ');
});

test('without a runtime the error says how to try it out', async () => {
  const { code, err } = await runCommand('status', { environment: { BACKEND_ENVIRONMENT: '' } });
  expect(code).toBe(1);
  expect(err).toContain('RUNTIME_UNSUPPORTED');
  expect(err).toContain('BACKEND_ENVIRONMENT=process');
});

test.each([
  ['LEASE_HELD', 5],
  ['PLAN_STALE', 3],
  ['RUNTIME_UNAVAILABLE', 1],
] as const)('%s ends with exit code %d', async (name, expected) => {
  const openManager = async () => {
    throw new AppError(name, 'words', { hint: 'way out' });
  };
  const { code, err } = await runCommand('plan', { openManager });
  expect(code).toBe(expected);
  expect(err).toBe(`Error: ${name} words (way out)\n`);
});

test('a command that is told to end while it works answers 130', async () => {
  const ending = new AbortController();
  const control = createFakeControl({
    status: () => {
      ending.abort();
      return Promise.reject(new Error('aborted'));
    },
  });
  expect((await runCommand('status', { control, signal: ending.signal })).code).toBe(130);
});

test('the version is printed', async () => {
  expect(await runCommand('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' });
});
