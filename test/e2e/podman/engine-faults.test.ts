import { afterAll, beforeAll, expect, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { callWithoutPause } from '../../helpers/call-without-pause.ts';
import { startEngineProxy } from '../../helpers/engine-proxy.ts';
import { eventually } from '../../helpers/eventually.ts';
import { contained, createFleet } from '../../helpers/fleet.ts';
import type { ManagerProcess } from '../../helpers/manager.ts';

// One fleet behind a proxy that breaks what lies between the manager and its engine.
const isList = ({ path }: { path: string }): boolean => path.includes('/containers/json');
const isStart = ({ path }: { path: string }): boolean => /containers\/[^/]+\/start/.test(path);
const isCreateWithKey = ({ path, body }: { path: string; body: string }): boolean =>
  path.includes('/containers/create') && body.includes('planted-value');
const fleet = await createFleet(afterAll);
const proxy = await startEngineProxy(fleet.engine, afterAll);
let manager: ManagerProcess;

beforeAll(async () => {
  fleet.environment['CONTAINER_HOST'] = `unix://${proxy.socket}`;
  fleet.environment['RESYNC_INTERVAL'] = '1s';
  fleet.declare('fleet.yaml', { one: contained(), two: contained() });
  manager = await fleet.run();
  await manager.until({ one: 'Running', two: 'Running' }, 60_000);
});

test('a socket that is gone freezes what runs, removes nothing, and recovers by itself', async () => {
  const before = await startedAt();
  await proxy.silence();
  await manager.until({ one: 'Frozen', two: 'Frozen' }, 30_000);
  fleet.declare('fleet.yaml', { one: contained() });
  await eventually(async () => expect(await stateOf('two')).toBe('Blocked'));
  const [{ url = '', cause } = { cause: '' }] = (await manager.control.status()).services;
  expect(cause).toMatch(/cannot be asked/);
  expect(await askTool(url)).toBe('hello');
  // What is wanted is read again before anything can be seen: else it would be let go as it was written.
  fleet.declare('fleet.yaml', { one: contained(), two: contained() });
  await manager.until({ one: 'Frozen', two: 'Frozen' });
  await proxy.listen();
  await manager.until({ one: 'Running', two: 'Running' }, 30_000);
  expect(await startedAt()).toBe(before);
});

test.each([
  ['answers 500', { kind: 'answer', status: 500 }],
  ['sends half of a list', { kind: 'truncate' }],
  ['sends a list that is none', { kind: 'rewrite', rewrite: () => '{"not": "a list"}' }],
] as const)(
  'an engine that %s is out of sight: nothing is removed or made',
  async (_name, fault) => {
    const before = await startedAt();
    const heal = proxy.inject(isList, fault);
    await manager.until({ one: 'Frozen', two: 'Frozen' }, 30_000);
    heal();
    await manager.until({ one: 'Running', two: 'Running' }, 30_000);
    expect(await startedAt()).toBe(before);
  },
);

test('an engine that is slow by 30 s delays only what it is asked: what is changed serves on, and no other command waits for it', async () => {
  fleet.declare('slow.yaml', { slow: contained() });
  await manager.until({ slow: 'Running' }, 60_000);
  const url = await urlOf('slow');
  const startsAsked = () => proxy.requests.filter(isStart).length;
  const starts = startsAsked();
  const heal = proxy.inject(isStart, { kind: 'delay', delayMs: 30_000 });
  fleet.declare('slow.yaml', { slow: contained('tiny', [], { env: { GREETING: 'changed' } }) });
  const caller = callWithoutPause(async () => void (await askTool(url)));
  await eventually(() => expect(startsAsked()).toBeGreaterThan(starts), 30_000);
  const beganMs = performance.now();
  const { code, stdout } = await fleet.cli('status');
  expect(code).toBe(0);
  expect(stdout).toMatch(/one\s+Running/);
  expect(performance.now() - beganMs).toBeLessThan(5_000);
  await eventually(async () => expect(await askTool(url)).toBe('changed'), 60_000);
  heal();
  expect(await caller.stop()).toEqual([]);
});

test('an engine that is restarted between create and start loses nothing', async () => {
  const heal = proxy.inject(isStart, { kind: 'cut', when: 'before' });
  fleet.declare('cut.yaml', { cut: contained() });
  await eventually(async () => expect(await namesOf('cut')).toHaveLength(1), 30_000);
  await fleet.engine.kill();
  heal();
  await fleet.engine.start();
  await manager.until({ cut: 'Running' }, 60_000);
  expect(await namesOf('cut')).toHaveLength(1);
});

test.each(['before', 'after'] as const)(
  'a create whose connection is cut %s the engine did it makes one container in the end',
  async (when) => {
    const name = `once-${when}`;
    const isCreate = ({ path, body }: { path: string; body: string }): boolean =>
      path.includes('/containers/create') && `${path}${body}`.includes(name);
    const heal = proxy.inject(isCreate, { kind: 'cut', when });
    fleet.declare(`${name}.yaml`, { [name]: contained() });
    await eventually(() => expect(proxy.requests.filter(isCreate)).not.toEqual([]), 30_000);
    heal();
    await manager.until({ [name]: 'Running' }, 60_000);
    expect(await namesOf(name)).toHaveLength(1);
  },
);

test('an engine that has no port left is told in its own words, tells no secret, and condemns nothing', async () => {
  fleet.writeSecret('key', 'planted-value');
  const message = 'unable to get random port: listen tcp :0: bind: address already in use';
  // Some faults of an engine quote what it was asked.
  const body = {
    cause: `${message} (KEY=planted-value)`,
    message: `${message} (KEY=planted-value)`,
  };
  const heal = proxy.inject(isCreateWithKey, { kind: 'answer', status: 500, body });
  fleet.declare('full.yaml', {
    full: contained('tiny', [], { env: { KEY: { secret: 'file:key' } } }),
  });
  await eventually(async () => {
    const { services } = await manager.control.status();
    const full = services.find(({ name }) => name === 'full');
    expect(`${full?.cause}`).toContain(`${message} (KEY=(secret))`);
    expect(full?.restarts).toBe(0);
  }, 30_000);
  heal();
  await manager.until({ full: 'Running' }, 60_000);
  const { stdout } = await fleet.cli('events', '--json');
  expect([stdout, manager.stdout(), manager.stderr()].join()).not.toContain('planted-value');
});

test('with every event stream cut off it still converges, by looking around', async () => {
  const heal = proxy.inject(({ path }) => path.includes('/events'), {
    kind: 'answer',
    status: 500,
  });
  proxy.cut();
  const [name = ''] = await namesOf('one');
  await fleet.engine.podman('kill', name);
  await eventually(async () => {
    const running = await fleet.engine.podman('inspect', name, '--format', '{{.State.Running}}');
    expect(running).toBe('true');
  }, 30_000);
  await manager.until({ one: 'Running' }, 30_000);
  heal();
});

async function urlOf(service: string): Promise<string> {
  const { services } = await manager.control.status();
  return services.find(({ name }) => name === service)?.url ?? '';
}

async function stateOf(service: string): Promise<string | undefined> {
  const { services } = await manager.control.status();
  return services.find(({ name }) => name === service)?.state;
}

async function namesOf(service: string): Promise<readonly string[]> {
  return (await fleet.containers()).filter((name) => name.startsWith(`mcp-${service}-`));
}

async function startedAt(): Promise<string> {
  const names = [...(await namesOf('one')), ...(await namesOf('two'))];
  return fleet.startedAt(names);
}
