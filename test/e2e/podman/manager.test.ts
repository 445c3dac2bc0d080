import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { startEngine } from '../../helpers/engine.ts';
import { startEngineProxy } from '../../helpers/engine-proxy.ts';
import { eventually } from '../../helpers/eventually.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace, type Workplace } from '../../helpers/manager.ts';

const engine = await startEngine(afterAll);

test('a manager brings a service up in a container, answers for it, and takes it away again', async () => {
  const place = createWorkplace(onTestFinished);
  place.environment['CONTAINER_HOST'] = `unix://${engine.socket}`;
  place.writeSecret('greeting', 'planted-value');
  place.declare('fleet.yaml', {
    tiny: {
      image: PROGRAMS_IMAGE,
      command: ['node', '/programs/tiny.mjs'],
      env: { GREETING: { secret: 'file:greeting' } },
    },
  });
  const manager = await place.run('--runtime', 'podman');
  await manager.until({ tiny: 'Running' });
  const { services } = await manager.control.status();
  const [tiny] = services;
  expect(await askTool(tiny?.url ?? '', 'say')).toBe('planted-value');
  const plan = await place.cli('plan', '--runtime', 'podman');
  expect(plan.stdout).toContain('No changes');
  expect(plan.stdout + manager.stdout() + manager.stderr()).not.toContain('planted-value');
  expect(await place.cli('remove', 'tiny', '--yes')).toMatchObject({ code: 0 });
  await manager.until({ tiny: 'gone' });
  expect(await engine.podman('ps', '--all', '--quiet')).toBe('');
  expect(await engine.podman('network', 'ls', '--format', '{{.Name}}')).toBe('podman');
});

test('a service whose port on the host was taken while it was down comes back at another one', async () => {
  const place = createWorkplace(onTestFinished);
  place.environment['CONTAINER_HOST'] = `unix://${engine.socket}`;
  place.declare('fleet.yaml', {
    tiny: { image: PROGRAMS_IMAGE, command: ['node', '/programs/tiny.mjs'] },
  });
  const manager = await place.run('--runtime', 'podman');
  await manager.until({ tiny: 'Running' });
  const format = '{{(index (index .NetworkSettings.Ports "8000/tcp") 0).HostPort}}';
  const port = Number(await engine.podman('inspect', '--latest', '--format', format));
  await place.cli('stop', 'tiny');
  await manager.until({ tiny: 'Stopped' });
  const thief = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void thief.close());
  await once(thief, 'listening');
  await place.cli('start', 'tiny');
  await manager.until({ tiny: 'Running' });
  const [tiny] = (await manager.control.status()).services;
  expect(await askTool(tiny?.url ?? '', 'say')).toBe('hello');
  const { stdout } = await place.cli('events', '--service', 'tiny');
  expect(stdout).toContain('taken by another program');
  await place.cli('remove', 'tiny', '--yes');
  await manager.until({ tiny: 'gone' });
});

test('a manager at rest asks the engine for one list at each look and for nothing else, writes nothing and tells nothing', async () => {
  const proxy = await startEngineProxy(engine);
  const place = createWorkplace(onTestFinished);
  place.environment['CONTAINER_HOST'] = `unix://${proxy.socket}`;
  place.environment['RESYNC_INTERVAL'] = '1s';
  const service = { image: PROGRAMS_IMAGE, command: ['node', '/programs/tiny.mjs'] };
  place.declare('fleet.yaml', { one: service, two: service, three: service });
  const manager = await place.run('--runtime', 'podman');
  await manager.until({ one: 'Running', two: 'Running', three: 'Running' });
  // What is still on its way when all run.
  const rested = proxy.requests.filter(isLook).length + 3;
  await eventually(() => expect(proxy.requests.filter(isLook).length).toBeGreaterThan(rested));
  const before = proxy.requests.length;
  const written = lastWrite(place);
  const told = (await place.cli('events', '--json')).stdout;
  await eventually(() => expect(proxy.requests.length).toBeGreaterThan(before + 4));
  const others = proxy.requests.slice(before).filter((request) => !isLook(request));
  // The right to write is renewed every 30 s, whatever is looked at.
  expect(others.filter(({ path, body }) => !`${path}${body}`.includes('lease'))).toEqual([]);
  expect((await place.cli('events', '--json')).stdout).toBe(told);
  expect(lastWrite(place)).toBe(written);
  await place.cli('destroy', '--yes');
});

/** When the store was last written to. */
function lastWrite({ stateFolder }: Workplace): number {
  return statSync(join(stateFolder, 'state.db-wal')).mtimeMs;
}

function isLook({ path }: { readonly path: string }): boolean {
  return path.includes('/containers/json');
}
