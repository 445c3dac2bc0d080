import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSocketClient } from '../../src/cli/socket-client.ts';
import { createApp } from '../../src/http/app.ts';
import { listenOnSocket } from '../../src/http/socket.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { AppError } from '../../src/errors.ts';
import { createFakeControl, someAnswer, someTools } from './fake-control.ts';

test('questions about tools reach the manager as they were asked, and the answers come back whole', async () => {
  const path = join(await createTempFolder(), 'api.sock');
  const control = createFakeControl();
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const app = createApp({ control, log: quiet, version: '1.2.3' });
  await listenOnSocket(app, path);
  onTestFinished(() => app.close());
  const client = createSocketClient(path);
  const call = { service: 'echo', tool: 'say', arguments: { word: 'hi' } };
  expect(await client.tools('echo')).toEqual(someTools());
  expect(await client.callTool(call)).toEqual(someAnswer());
  expect(await client.recordedTools()).toEqual([
    { service: 'echo', release: 'r1-a', tools: { echo: 't1-a' } },
  ]);
  expect(await client.approveTools('echo')).toEqual({ service: 'echo', tools: 1 });
  expect(control.calls).toEqual([
    ['tools', 'echo'],
    ['callTool', call],
    ['recordedTools'],
    ['approveTools', 'echo'],
  ]);
});

test('a tool that is not listed is not found', async () => {
  const failure = new AppError('TOOL_UNKNOWN', 'echo does not list the tool nope');
  const control = createFakeControl({ callTool: () => Promise.reject(failure) });
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const app = createApp({ control, log: quiet, version: '1' });
  onTestFinished(() => app.close());
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/services/echo/tools/call',
    payload: { tool: 'nope', arguments: {} },
  });
  expect(answer.json()).toMatchObject({ status: 404, code: 'TOOL_UNKNOWN' });
});
