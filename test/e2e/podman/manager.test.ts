import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { startEngine } from '../../helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace } from '../../helpers/manager.ts';

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
