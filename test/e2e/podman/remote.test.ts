import { readFileSync } from 'node:fs';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { askStatus } from '../../../src/adapters/proxy/ask-status.ts';
import { filesOf } from '../../../src/adapters/proxy/router-files.ts';
import { listRemotes } from '../../../src/adapters/remote/ask-program.ts';
import { never } from '../../contract/runtime/bench.ts';
import { askTool } from '../../helpers/ask-tool.ts';
import { startEngine } from '../../helpers/engine.ts';
import { createWorkplace, type Workplace } from '../../helpers/manager.ts';
import { type RemoteServer, startRemoteServer } from '../../helpers/remote-server.ts';

const TOKEN = 'planted-token';
const engine = await startEngine(afterAll);

/** A fleet on Podman with one remote service. */
async function openPlace(): Promise<{ place: Workplace; server: RemoteServer }> {
  const server = await startRemoteServer(TOKEN);
  const place = createWorkplace(onTestFinished, {
    runtime: 'podman',
    environment: {
      CONTAINER_HOST: `unix://${engine.socket}`,
      ALLOWED_REMOTE_ADDRESSES: '127.0.0.1',
    },
  });
  place.writeSecret('token', TOKEN);
  const headers = { Authorization: { secret: 'file:token', prefix: 'Bearer ' } };
  place.declare('fleet.yaml', {
    far: { url: server.url, headers, rollout: { stableFor: '0s', drain: '1s' } },
  });
  return { place, server };
}

test('a remote service is served on while no manager runs, and the next one finds it as it is', async () => {
  const { place } = await openPlace();
  const manager = await place.run();
  await manager.until({ far: 'Running' });
  const [before] = (await manager.control.status()).services;
  manager.kill('SIGKILL');
  await manager.exited;
  const url = before?.url ?? '';
  expect(await askTool(url, 'echo', { message: 'hello' })).toBe('far: hello');
  expect((await place.cli('plan')).stdout).toContain('No changes');
  const next = await place.run();
  await next.until({ far: 'Running' });
  const [after] = (await next.control.status()).services;
  expect(after?.startedAtMs).toBe(before?.startedAtMs);
  expect(await askTool(url, 'echo', { message: 'hello' })).toBe('far: hello');
});

test('a manager that allows other addresses takes it away from those that are allowed no more', async () => {
  const { place } = await openPlace();
  const { port } = new URL((await startRemoteServer(TOKEN)).url);
  place.declare('fleet.yaml', {
    far: { url: `http://localhost:${port}/mcp`, rollout: { deadline: '1s' } },
  });
  const manager = await place.run();
  await manager.until({ far: 'NeedsAuth' });
  manager.kill('SIGKILL');
  await manager.exited;
  place.environment['ALLOWED_REMOTE_ADDRESSES'] = '';
  const next = await place.run();
  await next.until({ far: 'Degraded' });
  const [far] = (await next.control.status()).services;
  expect(far?.cause).toContain('which is a loopback address and not allowed');
});

test('where somebody else routes, a program for it alone is kept, found again, and ended with the fleet', async () => {
  const { place } = await openPlace();
  place.environment['ROUTER'] = 'none';
  const manager = await place.run();
  await manager.until({ far: 'Running' });
  const { control, remotesPort } = filesOf(place.stateFolder, 'remote');
  const [before] = (await listRemotes(control, never())) ?? [];
  const url = `http://127.0.0.1:${readFileSync(remotesPort, 'utf8').trim()}/${before?.name}/mcp`;
  expect(await askTool(url, 'echo', { message: 'hello' })).toBe('far: hello');
  manager.kill('SIGKILL');
  await manager.exited;
  const next = await place.run();
  await next.until({ far: 'Running' });
  expect(await listRemotes(control, never())).toEqual([before]);
  await next.end();
  expect(await askTool(url, 'echo', { message: 'hello' })).toBe('far: hello');
  expect(await place.cli('destroy', '--yes')).toMatchObject({ code: 0 });
  expect(await askStatus(control)).toBeUndefined();
});

test('without a manager and its router nothing of it can be made, and that is said', async () => {
  const { place } = await openPlace();
  const { stdout, stderr } = await place.cli('apply', '--auto-approve');
  expect(stdout).toContain('Nothing can be done now');
  expect(stdout + stderr).toContain('which `mcp-manager run` starts');
});
