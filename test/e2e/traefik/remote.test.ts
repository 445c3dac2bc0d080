import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { askStatus } from '../../../src/adapters/proxy/ask-status.ts';
import { filesOf } from '../../../src/adapters/proxy/router-files.ts';
import { askTool } from '../../helpers/ask-tool.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createWorkplace, tiny } from '../../helpers/manager.ts';
import { startRemoteServer } from '../../helpers/remote-server.ts';
import { callTool, connectClient } from '../../helpers/sdk-client.ts';
import { startTraefik } from '../../helpers/traefik.ts';

const TOKEN = 'planted-token';

test('behind Traefik a remote server is reached through a router program for it alone', async () => {
  const traefik = await startTraefik();
  const server = await startRemoteServer(TOKEN);
  const place = createWorkplace(onTestFinished);
  Object.assign(place.environment, traefik.environment);
  place.environment['ALLOWED_REMOTE_ADDRESSES'] = '127.0.0.1';
  place.writeSecret('token', TOKEN);
  place.declare('fleet.yaml', { near: tiny() });
  const manager = await place.run();
  await manager.until({ near: 'Running' });
  const { control, routes } = filesOf(place.stateFolder, 'remote');
  expect(await askStatus(control)).toBeUndefined();

  const headers = { Authorization: { secret: 'file:token', prefix: 'Bearer ' } };
  place.declare('fleet.yaml', { near: tiny(), far: { url: server.url, headers } });
  await manager.until({ near: 'Running', far: 'Running' });
  const url = `${traefik.entryUrl}/mcp/far`;
  for (const era of ['modern', 'legacy'] as const) {
    const client = await connectClient(url, era);
    expect(await callTool(client, 'echo', { message: 'you' })).toBe('far: you');
  }
  expect(await askTool(`${url}/mcp/`, 'echo', { message: 'you' })).toBe('far: you');
  expect((await fetch(`${url}/other`)).status).toBe(404);
  expect(Object.keys(server.seen()).filter((name) => name.startsWith('x-forwarded'))).toEqual([]);
  const written = readFileSync(join(traefik.dynamicFolder, 'mcp-manager.yaml'), 'utf8');
  expect(written + readFileSync(routes, 'utf8') + traefik.log()).not.toContain(TOKEN);

  const before = await askStatus(control);
  process.kill(before?.pid ?? 0, 'SIGKILL');
  await eventually(async () => {
    expect(await askTool(url, 'echo', { message: 'again' })).toBe('far: again');
  }, 20_000);
  await manager.until({ near: 'Running', far: 'Running' });
  expect(readFileSync(join(traefik.dynamicFolder, 'mcp-manager.yaml'), 'utf8')).toBe(written);
});
