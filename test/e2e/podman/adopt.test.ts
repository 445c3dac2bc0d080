import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { eventually } from '../../helpers/eventually.ts';
import { contained, createFleet } from '../../helpers/fleet.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';

const SECRET = 'planted-value-of-a-token';

test('import makes a running container a service without a restart, and forget lets it go running', async () => {
  const fleet = await createFleet();
  await fleet.engine.podman('network', 'create', 'own');
  const environment = ['-e', 'PORT=8000', '-e', `API_TOKEN=${SECRET}`, '-e', 'GREETING=taken over'];
  const ports = ['--network', 'own', '-p', '127.0.0.1::8000', '--expose', '8000'];
  const program = [PROGRAMS_IMAGE, 'node', '/programs/tiny.mjs'];
  await fleet.engine.podman(
    'run',
    '-d',
    '--init',
    '--user',
    '1000',
    '--name',
    'old',
    ...ports,
    ...environment,
    ...program,
  );
  const before = await fleet.startedAt(['old']);
  fleet.declare('other.yaml', { other: contained() });
  const manager = await fleet.run();
  await manager.until({ other: 'Running' }, 60_000);

  const imported = await fleet.cli('import', 'old', '--as', 'echo', '--auto-approve');
  expect(imported.stderr + imported.stdout).toContain('echo');
  expect(imported.code).toBe(0);
  await manager.until({ echo: 'Running', other: 'Running' }, 60_000);
  const { services } = await manager.control.status();
  expect(await askTool(services.find(({ name }) => name === 'echo')?.url ?? '')).toBe('taken over');
  const names = await fleet.engine.podman('ps', '--format', '{{.Names}}');
  const [taken = ''] = names.split('\n').filter((name) => name.startsWith('mcp-echo-'));
  expect(await fleet.startedAt([taken])).toBe(before);
  expect(names.split('\n')).toHaveLength(2);
  expect((await fleet.cli('plan')).stdout).toContain('No changes');
  const document = readFileSync(fleet.path('echo.yaml'), 'utf8');
  expect(document).toContain('adopt:');
  const told = [
    document,
    manager.stderr(),
    imported.stdout,
    (await fleet.cli('events', '--json')).stdout,
  ];
  expect(told.join('\n')).not.toContain(SECRET);

  expect((await fleet.cli('forget', 'echo')).code).toBe(0);
  await eventually(async () => {
    const left = (await manager.control.status()).services.map(({ name }) => name);
    expect(left).toEqual(['other']);
  }, 30_000);
  const running = await fleet.engine.podman('ps', '--format', '{{.ID}}', '--no-trunc');
  expect(running).toContain(before.split(' ')[0]);
});
