import { expect, test } from 'vitest';
import { startEngine } from '../../helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';

test('an engine of a test runs programs, and goes on after its service was killed', async () => {
  const engine = await startEngine();
  const command = ['node', '-e', 'setInterval(() => {}, 1000)'];
  await engine.podman('network', 'create', 'own');
  await engine.podman(
    'run',
    '-d',
    '--init',
    '--network',
    'own',
    '--name',
    'one',
    PROGRAMS_IMAGE,
    ...command,
  );
  await engine.kill();
  await engine.start();
  expect(await engine.podman('ps', '--format', '{{.Names}}')).toBe('one');
});
