import { afterAll, beforeAll, expect, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { eventually } from '../../helpers/eventually.ts';
import { contained, createFleet } from '../../helpers/fleet.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import type { ManagerProcess } from '../../helpers/manager.ts';

// What is not ours is never touched, whatever it is called and labelled.
const SLEEP = [PROGRAMS_IMAGE, 'node', '-e', 'setInterval(() => {}, 1e6)'];
const LABEL = 'mcp-manager.io';
const fleet = await createFleet(afterAll);
let manager: ManagerProcess;

beforeAll(async () => {
  manager = await fleet.run();
});

test('a container of somebody else that has the name we want keeps it, and the service runs under the next', async () => {
  fleet.declare('one.yaml', { one: contained() });
  await manager.until({ one: 'Running' }, 60_000);
  const [ours = ''] = await fleet.containers();
  await manager.end();
  await fleet.engine.podman('rm', '--force', '--time', '0', ours);
  await fleet.engine.podman('run', '-d', '--init', '--network', 'none', '--name', ours, ...SLEEP);
  const foreign = await idOf(ours);
  manager = await fleet.run();
  await manager.until({ one: 'Running' }, 60_000);
  expect(await fleet.containers('running')).toEqual([ours.replace(/1$/, '2')]);
  expect(await idOf(ours)).toBe(foreign);
  expect(await stateOf(ours)).toBe('running');
});

test('a container that imitates all of our labels is left alone and counts for nothing', async () => {
  const [ours = ''] = await fleet.containers('running');
  const labels = (
    await fleet.engine.podman(
      'inspect',
      ours,
      '--format',
      '{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}{{"\\n"}}{{end}}',
    )
  )
    .split('\n')
    .filter((line) => line.startsWith(LABEL));
  expect(labels.length).toBeGreaterThan(3);
  const given = labels.flatMap((label) => ['--label', label]);
  await fleet.engine.podman(
    'run',
    '-d',
    '--init',
    '--network',
    'none',
    '--name',
    'copy',
    ...given,
    ...SLEEP,
  );
  expect((await fleet.cli('plan')).stdout).toMatch(/No changes|copy/);
  expect((await fleet.cli('remove', 'one', '--yes')).code).toBe(0);
  await eventually(async () => expect(await fleet.containers('running')).toEqual(['copy']), 30_000);
  expect(await stateOf('copy')).toBe('running');
});

test('a network of somebody else that has our name is not used and not removed', async () => {
  fleet.declare('two.yaml', { two: contained() });
  await manager.until({ two: 'Running' }, 60_000);
  const [ours = ''] = (await fleet.containers()).filter((name) => name.startsWith('mcp-two-'));
  const network = await fleet.engine.podman(
    'inspect',
    ours,
    '--format',
    '{{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}',
  );
  expect((await fleet.cli('remove', 'two', '--yes')).code).toBe(0);
  await eventually(async () => {
    expect(await fleet.engine.podman('network', 'ls', '--format', '{{.Name}}')).not.toContain(
      network,
    );
  }, 30_000);
  await fleet.engine.podman('network', 'create', network);
  fleet.declare('two.yaml', { two: contained() });
  await eventually(async () => {
    const { stdout } = await fleet.cli('get', 'two');
    expect(stdout).toContain(network);
    expect(stdout).not.toContain('Running');
  }, 30_000);
  await fleet.engine.podman('network', 'rm', network);
  await manager.until({ two: 'Running' }, 90_000);
});

test('a network that somebody made anew with our labels and other settings is not joined', async () => {
  fleet.declare('three.yaml', { three: contained() });
  await manager.until({ three: 'Running' }, 60_000);
  const [ours = ''] = (await fleet.containers()).filter((name) => name.startsWith('mcp-three-'));
  const format = '{{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}';
  const network = await fleet.engine.podman('inspect', ours, '--format', format);
  expect((await fleet.cli('remove', 'three', '--yes')).code).toBe(0);
  await eventually(async () => {
    expect(await fleet.engine.podman('network', 'ls', '--format', '{{.Name}}')).not.toContain(
      network,
    );
  }, 30_000);
  const labels = { manager: fleet.managerId, service: 'three', name: network };
  const given = Object.entries(labels).flatMap(([key, value]) => [
    '--label',
    `${LABEL}/${key}=${value}`,
  ]);
  await fleet.engine.podman('network', 'create', ...given, network);
  fleet.declare('three.yaml', { three: contained() });
  await manager.until({ three: 'Running' }, 60_000);
  const settings = await fleet.engine.podman('network', 'inspect', network);
  expect(settings).toContain('"isolate": "true"');
});

test('a network that only copies our labels is not removed with the service', async () => {
  fleet.declare('four.yaml', { four: contained() });
  await manager.until({ four: 'Running' }, 60_000);
  const labels = { manager: fleet.managerId, service: 'four', name: 'mcp-four-00000000' };
  const given = Object.entries(labels).flatMap(([key, value]) => [
    '--label',
    `${LABEL}/${key}=${value}`,
  ]);
  await fleet.engine.podman('network', 'create', ...given, 'somebodys');
  expect((await fleet.cli('remove', 'four', '--yes')).code).toBe(0);
  await eventually(async () => {
    expect((await fleet.containers()).filter((name) => name.startsWith('mcp-four-'))).toEqual([]);
  }, 30_000);
  expect(await fleet.engine.podman('network', 'ls', '--format', '{{.Name}}')).toContain(
    'somebodys',
  );
});

test('unicode and spaces in values, arguments and labels arrive as they were written', async () => {
  const greeting = 'Grüße, "wörld" — 日本語 $HOME {{x}} \\n';
  fleet.declare('text ünicode.yaml', {
    text: contained('tiny', ['an argument', 'zwölf €'], {
      env: { GREETING: greeting },
    }),
  });
  await manager.until({ text: 'Running' }, 60_000);
  const { services } = await manager.control.status();
  const { url = '' } = services.find(({ name }) => name === 'text') ?? {};
  expect(await askTool(url)).toBe(greeting);
  expect((await fleet.cli('plan')).stdout).toContain('No changes');
  expect((await fleet.cli('logs', 'text')).stdout).toContain(greeting);
});

function idOf(name: string): Promise<string> {
  return fleet.engine.podman('inspect', name, '--format', '{{.Id}}');
}

function stateOf(name: string): Promise<string> {
  return fleet.engine.podman('inspect', name, '--format', '{{.State.Status}}');
}
