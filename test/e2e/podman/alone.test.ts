import { afterAll, expect, onTestFinished, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { startEngine } from '../../helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace, type CliResult, type Workplace } from '../../helpers/manager.ts';

const engine = await startEngine(afterAll);

test('without a manager apply brings all up, and the URLs answer once the manager is there', async () => {
  const place = createPlace({ one: inContainer(), two: inContainer() });
  const applied = await place.cli('apply', '--auto-approve');
  expect(applied).toMatchObject({ code: 0 });
  expect(applied.stdout).toContain('Apply complete: 2 services are as wanted.');
  expect(applied.stderr).toContain('the URLs answer once `mcp-manager run` is up');
  expect(await place.cli('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
  const before = await containersOf(place);
  const manager = await place.run('--runtime', 'podman');
  await manager.until({ one: 'Running', two: 'Running' });
  expect(await askTool(await urlOf(place, 'one'))).toBe('hello');
  expect(await containersOf(place)).toEqual(before);
});

test('without a manager, with the router that it has left, what is applied answers at once', async () => {
  const place = createPlace({ one: inContainer() });
  const manager = await place.run('--runtime', 'podman');
  await manager.until({ one: 'Running' });
  await manager.end();
  const url = await urlOf(place, 'one');
  expect(await askTool(url)).toBe('hello');
  place.declare('fleet.yaml', { one: inContainer([], { env: { GREETING: 'changed' } }) });
  const applied = await place.cli('apply', '--auto-approve');
  expect(applied).toMatchObject({ code: 0 });
  expect(applied.stderr).not.toContain('the URLs answer once');
  expect(await askTool(url)).toBe('changed');
  expect(await place.cli('restart', 'one')).toMatchObject({ code: 0 });
  expect(await askTool(url)).toBe('changed');
  expect(await place.cli('stop', 'one')).toMatchObject({ code: 0 });
  await expect(askTool(url)).rejects.toThrow(/answered/);
  expect(await place.cli('start', 'one')).toMatchObject({ code: 0 });
  expect(await askTool(url)).toBe('changed');
  expect(await place.cli('remove', 'one', '--yes')).toMatchObject({ code: 0 });
  expect(await containersOf(place)).toEqual([]);
});

test('without a manager a saved plan does its services and no others, however ill they are', async () => {
  const place = createPlace({ one: inContainer(), ill: inContainer() });
  expect(await place.cli('apply', '--auto-approve')).toMatchObject({ code: 0 });
  place.declare('fleet.yaml', {
    one: inContainer([], { env: { GREETING: 'changed' } }),
    ill: inContainer(),
  });
  expect(await place.cli('plan', 'one', '--out', 'one.json')).toMatchObject({ code: 0 });
  const ill = (await containersOf(place)).filter(({ service }) => service === 'ill');
  await engine.podman('kill', ill[0]?.id ?? '');
  expect(await place.cli('apply', 'one.json')).toMatchObject({ code: 0 });
  expect((await containersOf(place)).filter(({ service }) => service === 'ill')).toEqual(
    ill.map((container) => ({ ...container, state: 'exited' })),
  );
  const again = await place.cli('apply', 'one.json');
  expect(again).toMatchObject({ code: 3, stdout: expect.stringContaining('one') });
});

test.each([
  ['removed', (id: string) => engine.podman('rm', '--force', '--time', '0', id)],
  ['given another limit', (id: string) => engine.podman('update', '--memory', '400m', id)],
])('a saved plan is refused after a container of it was %s by hand', async (_what, change) => {
  const place = createPlace({ one: inContainer(), two: inContainer() });
  expect(await place.cli('apply', '--auto-approve')).toMatchObject({ code: 0 });
  place.declare('fleet.yaml', {
    one: inContainer([], { env: { GREETING: 'changed' } }),
    two: inContainer(),
  });
  expect(await place.cli('plan', '--out', 'saved.json')).toMatchObject({ code: 0 });
  const [one] = (await containersOf(place)).filter(({ service }) => service === 'one');
  await change(one?.id ?? '');
  const before = await containersOf(place);
  const refused = await place.cli('apply', 'saved.json');
  expect(refused).toMatchObject({ code: 3, stdout: expect.stringContaining('one') });
  expect(refused.stdout).not.toContain('two');
  expect(await containersOf(place)).toEqual(before);
});

test('without a manager what is not verified in time ends apply with 4, and what crashes soon', async () => {
  const place = createPlace({ mute: inContainer(['mute'], { rollout: { deadline: '2s' } }) });
  const applied = await place.cli('apply', '--auto-approve');
  expect(applied).toMatchObject({ code: 4, stdout: expect.stringContaining('not verified') });
  place.declare('fleet.yaml', { exit: inContainer(['exit']) });
  const beganMs = performance.now();
  const crashed = await place.cli('apply', '--auto-approve');
  expect(crashed).toMatchObject({ code: 4, stdout: expect.stringContaining('exit code 7') });
  expect(performance.now() - beganMs).toBeLessThan(30_000);
});

test('without a manager looking writes nothing: no container, network, volume, file', async () => {
  const place = createPlace({ one: inContainer() });
  const before = await everything();
  for (const line of [['plan'], ['status'], ['doctor']]) await place.cli(...line);
  expect(await everything()).toEqual(before);
  expect(await place.cli('plan', '--detailed-exitcode')).toMatchObject({ code: 2 });
});

test('while one command is at work another is refused with 5, and told who is at work', async () => {
  const place = createPlace({ mute: inContainer(['mute'], { rollout: { deadline: '1m' } }) });
  const applying = place.start('apply', '--auto-approve');
  await applying.said(/service\.started/);
  const refused = await place.cli('restart', 'mute');
  expect(refused).toMatchObject({ code: 5 });
  expect(refused.stderr).toContain(`"apply", process ${applying.pid}`);
  applying.kill('SIGINT');
  expect((await applying.exited).code).toBe(130);
  expect(await markers()).toEqual([]);
});

test('destroy removes all that is ours, the data only when asked, and ends the router', async () => {
  const data = { volumes: [{ name: 'data', destination: '/data' }] };
  const place = createPlace({ one: inContainer([], data), two: inContainer() });
  const other = createPlace({ one: inContainer() });
  expect(await other.cli('apply', '--auto-approve')).toMatchObject({ code: 0 });
  const manager = await place.run('--runtime', 'podman');
  await manager.until({ one: 'Running', two: 'Running' });
  expect(await place.cli('pause', 'two')).toMatchObject({ code: 0 });
  expect(await place.cli('destroy', '--yes')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('would bring all back'),
  });
  const url = await urlOf(place, 'one');
  await manager.end();
  expect(await place.cli('destroy', '--yes')).toMatchObject({ code: 0 });
  expect(await containersOf(place)).toEqual([]);
  expect(await labelled('network', place)).toEqual([]);
  expect(await labelled('volume', place)).toHaveLength(1);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  expect(place.leftovers()).toEqual([]);
  expect(await place.cli('apply', '--auto-approve')).toMatchObject({ code: 0 });
  expect(await place.cli('destroy', '--yes', '--volumes')).toMatchObject({ code: 0 });
  expect(await labelled('volume', place)).toEqual([]);
  expect(await containersOf(other)).toMatchObject([{ service: 'one', state: 'up' }]);
});

function createPlace(services: Readonly<Record<string, unknown>>): Workplace {
  const place = createWorkplace(onTestFinished);
  place.environment['CONTAINER_HOST'] = `unix://${engine.socket}`;
  place.environment['BACKEND_ENVIRONMENT'] = 'podman';
  place.declare('fleet.yaml', services);
  return place;
}

/** A service that runs the tiny program in a container. */
function inContainer(modes: readonly string[] = [], more: object = {}): object {
  const command = ['node', '/programs/tiny.mjs', ...modes];
  const rollout = { stableFor: '0s', drain: '1s' };
  return { image: PROGRAMS_IMAGE, command, rollout, ...more };
}

async function urlOf(place: Workplace, service: string): Promise<string> {
  const { stdout }: CliResult = await place.cli('get', service, '--json');
  return String(JSON.parse(stdout).url);
}

interface Container {
  readonly id: string;
  readonly service: string;
  readonly state: string;
}

async function containersOf({ managerId }: Workplace): Promise<readonly Container[]> {
  const filter = `label=mcp-manager.io/manager=${managerId}`;
  const format = '{{.ID}} {{index .Labels "mcp-manager.io/service"}} {{.State}}';
  const listed = await engine.podman('ps', '--all', '--filter', filter, '--format', format);
  return lines(listed).map((line) => {
    const [id = '', service = '', state = ''] = line.split(' ');
    return { id, service, state: state.toLowerCase() };
  });
}

async function labelled(
  kind: 'network' | 'volume',
  { managerId }: Workplace,
): Promise<readonly string[]> {
  const filter = `label=mcp-manager.io/manager=${managerId}`;
  return lines(await engine.podman(kind, 'ls', '--quiet', '--filter', filter));
}

async function markers(): Promise<readonly string[]> {
  return lines(
    await engine.podman('volume', 'ls', '--quiet', '--filter', 'name=mcp-manager-lease'),
  );
}

async function everything(): Promise<readonly string[]> {
  const lists = [
    ['ps', '--all'],
    ['network', 'ls'],
    ['volume', 'ls'],
  ] as const;
  return Promise.all(lists.map((list) => engine.podman(...list, '--quiet')));
}

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
}
