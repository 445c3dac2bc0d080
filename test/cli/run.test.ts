import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { OpenManager } from '../../src/cli/host.ts';
import { createSocketClient } from '../../src/cli/socket-client.ts';
import { AppError } from '../../src/errors.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { NO_ANSWERS, createFakeControl, someHealth, untilAborted } from '../http/fake-control.ts';
import { runCommand } from './run-command.ts';
import { createFakeInspection } from '../http/fake-inspection.ts';

test('run serves the socket until it is told to end, then closes everything', async () => {
  const stateFolder = await createTempFolder();
  const socket = join(stateFolder, 'api.sock');
  const ending = new AbortController();
  const story: string[] = [];
  const openManager: OpenManager = async (_config, _log, { mode }) => ({
    audit() {},
    inspection: createFakeInspection(),
    answers: NO_ANSWERS,
    readiness: () => ({ isReady: true, checks: [] }),
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
    inspection: createFakeInspection(),
    answers: NO_ANSWERS,
    readiness: () => ({ isReady: true, checks: [] }),
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

test('run names the port of the API that another program has, and the setting', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { code, err } = await runCommand('run', { environment: { SERVER_PORT: String(port) } });
  expect(code).toBe(1);
  expect(err).toContain(`API_PORT_TAKEN another program listens on 127.0.0.1:${port}`);
  expect(err).toContain('SERVER_PORT');
});

test('run says where the API is, and where the first token lies', async () => {
  const openManager: OpenManager = async () => ({
    control: createFakeControl({ health: async () => someHealth({ stateFolder }) }),
    audit() {},
    inspection: createFakeInspection(),
    answers: NO_ANSWERS,
    readiness: () => ({ isReady: true, checks: [] }),
    access: { adminTokenFile: '/state/admin-token' },
    run: async () => {},
    async [Symbol.asyncDispose]() {},
  });
  const stateFolder = await createTempFolder();
  const { out } = await runCommand('run', { openManager, stateFolder });
  expect(out).toMatch(
    /The API is at http:\/\/127\.0\.0\.1:\d+; a token for it lies in \/state\/admin-token\./,
  );
});

test('an address that is not of this machine is a mistake of the configuration', async () => {
  const { code, err } = await runCommand('run', { environment: { SERVER_HOST: '192.0.2.1' } });
  expect(code).toBe(1);
  expect(err).toContain('CONFIG_INVALID the API cannot listen on 192.0.2.1:0');
});
