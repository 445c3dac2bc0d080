import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { OpenManager } from '../../src/cli/host.ts';
import { createSocketClient } from '../../src/cli/socket-client.ts';
import { AppError } from '../../src/errors.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { createFakeControl, someHealth, untilAborted } from '../http/fake-control.ts';
import { runCommand } from './run-command.ts';

test('run serves the socket until it is told to end, then closes everything', async () => {
  const stateFolder = await createTempFolder();
  const socket = join(stateFolder, 'api.sock');
  const ending = new AbortController();
  const story: string[] = [];
  const openManager: OpenManager = async (_config, _log, { mode }) => ({
    audit() {},
    access: {},
    control: createFakeControl({
      health: async () => someHealth({ stateFolder, mode: mode === 'alone' ? 'none' : mode }),
    }),
    async run(signal) {
      const { mode: served } = await createSocketClient(socket).health();
      story.push(`serves ${served}`);
      queueMicrotask(() => ending.abort());
      await untilAborted(signal);
      story.push('loop ended');
    },
    async [Symbol.asyncDispose]() {
      story.push('closed');
    },
  });
  const options = { stateFolder, openManager, signal: ending.signal };
  const { code, out, err } = await runCommand('run --approve', options);
  expect(code).toBe(0);
  expect(story).toEqual(['serves approve', 'loop ended', 'closed']);
  expect(out).toContain(`Manager blue is ready: runtime memory, mode approve.`);
  expect(out).toContain(socket);
  expect(err).toContain('The manager has ended.');
  await expect(createSocketClient(socket).health()).rejects.toThrow('no manager answers');
});

test('a second manager of the same fleet ends with exit code 5 and the holder', async () => {
  const { code, err } = await runCommand('run', {
    async openManager() {
      throw new AppError('LEASE_HELD', 'held by pid 42');
    },
  });
  expect(code).toBe(5);
  expect(err).toContain('held by pid 42');
});

test('run closes what it opened when the loop fails', async () => {
  const stateFolder = await createTempFolder();
  let closed = false;
  const openManager: OpenManager = async () => ({
    audit() {},
    access: {},
    control: createFakeControl({ health: async () => someHealth({ stateFolder }) }),
    run: () => Promise.reject(new AppError('STATE_UNWRITABLE', 'disk full')),
    async [Symbol.asyncDispose]() {
      closed = true;
    },
  });
  const { code, err } = await runCommand('run', { openManager, stateFolder });
  expect(code).toBe(1);
  expect(err).toContain('STATE_UNWRITABLE disk full');
  expect(closed).toBe(true);
});
