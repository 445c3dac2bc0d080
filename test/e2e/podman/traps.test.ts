import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../src/adapters/podman/engine.ts';
import type { Instance } from '../../../src/model/instance.ts';
import type { RuntimeStep } from '../../../src/model/plan.ts';
import type { Runtime, SecretValues } from '../../../src/ports.ts';
import { startEngine } from '../../helpers/engine.ts';
import { startEngineProxy } from '../../helpers/engine-proxy.ts';
import { eventually } from '../../helpers/eventually.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createStep } from '../../helpers/services.ts';
import { launch, look, makeService, openPodmanBench } from './bench.ts';

// What an engine does that nobody expects of it, one test each.
const engine = await startEngine(afterAll);

test('a secret stands in the body of one request and in no address', async () => {
  const { proxy, bench } = await openBehindProxy();
  const env = { KEY: { secret: 'file:key' } };
  const values = new Map([['file:key', 'planted value']]);
  const instance = await launch(bench, makeService('secretive', { spec: { env } }), values);
  await collectLogs(bench.runtime, instance);
  await act(bench.runtime, { kind: 'stop', target: instance, graceMs: 1_000 });
  await act(bench.runtime, { kind: 'remove', target: instance, volumes: [] });
  const addresses = proxy.requests.map(({ path }) => decodeURIComponent(path)).join('\n');
  expect(addresses).not.toContain('planted');
  const told = proxy.requests.filter(({ body }) => body.includes('planted value'));
  expect(told.map(({ path }) => path)).toEqual([expect.stringMatching(/^\/containers\/create\?/)]);
});

test('a network is removed by its name, and not before its last container', async () => {
  const { proxy, bench } = await openBehindProxy();
  const service = makeService('netted');
  const [first, second] = [createStep(service), createStep(service, { number: 2 })];
  await act(bench.runtime, first);
  await act(bench.runtime, second);
  await act(bench.runtime, { kind: 'remove', target: first.target, volumes: [] });
  expect(await networks('netted')).toHaveLength(1);
  await act(bench.runtime, { kind: 'remove', target: second.target, volumes: [] });
  expect(await networks('netted')).toEqual([]);
  const removals = proxy.requests.filter(({ method }) => method === 'DELETE');
  for (const { path } of removals)
    expect(path).toMatch(/networks\/mcp-netted-[0-9a-f]{8}$|containers\//);
});

test('a removal whose answer was lost after the container went takes the network along all the same', async () => {
  const { proxy, bench } = await openBehindProxy();
  const step = createStep(makeService('halfway'));
  await act(bench.runtime, step);
  const lift = proxy.inject(({ path }) => path.includes('/networks/'), {
    kind: 'answer',
    status: 500,
  });
  const removal = { kind: 'remove', target: step.target, volumes: [] } as const;
  await expect(act(bench.runtime, removal)).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  lift();
  await act(bench.runtime, removal);
  expect(await networks('halfway')).toEqual([]);
});

test.each(['container', 'network', 'volume'] as const)(
  'a name that somebody else has is told and left alone: of a %s',
  async (kind) => {
    const bench = await openPodmanBench(engine);
    const source = `data-of-${kind}`;
    const volumes = [{ source, destination: '/data', readOnly: false }];
    const service = makeService(`taken-${kind}`, { spec: { volumes } });
    const step = createStep(service);
    await act(bench.runtime, step);
    const [network = ''] = await networks(service.name);
    const names = await engine.podman('volume', 'ls', '--format', '{{.Name}}');
    const volume = names.split('\n').find((name) => name.endsWith(source)) ?? '';
    await act(bench.runtime, { kind: 'remove', target: step.target, volumes: [source] });
    const name = { container: step.target.name, network, volume }[kind];
    const rest = kind === 'container' ? ['--name', name, PROGRAMS_IMAGE, 'node'] : [name];
    await engine.podman(kind, 'create', ...rest);
    await expect(act(bench.runtime, step)).rejects.toMatchObject({
      code: 'NAME_TAKEN',
      message: expect.stringContaining(name),
    });
    await engine.podman(kind, 'rm', name);
    await act(bench.runtime, step);
  },
);

test('a container whose creation was not answered is found again by its labels', async () => {
  const { proxy, bench } = await openBehindProxy();
  const step = createStep(makeService('unanswered'));
  const lift = proxy.inject(({ path }) => path.startsWith('/containers/create'), {
    kind: 'cut',
    when: 'after',
  });
  await expect(act(bench.runtime, step)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  lift();
  const found = await look(bench.runtime, step.target.name);
  expect(found.state).toBe('created');
  expect(await act(bench.runtime, step)).toEqual({ id: found.id });
});

test('a look at what has not changed is one list, however much there is', async () => {
  const { proxy, bench } = await openBehindProxy();
  await Promise.all(['a', 'b', 'c'].map((name) => launch(bench, makeService(`steady-${name}`))));
  await bench.runtime.observe({ deep: false }, never());
  const before = proxy.requests.length;
  await bench.runtime.observe({ deep: false }, never());
  await bench.runtime.observe({ deep: false, names: new Set(['steady-a']) }, never());
  expect(proxy.requests.slice(before).map(({ path }) => path.split('?')[0])).toEqual([
    '/v4.0.0/libpod/containers/json',
    '/v4.0.0/libpod/containers/json',
  ]);
});

test('limits that were changed by hand are seen in the kernel, where the engine does not tell them, and come back', async () => {
  const bench = await openPodmanBench(engine);
  const { name, id } = await launch(bench, makeService('limited'));
  await engine.podman('update', '--memory', '64m', '--cpus', '0.2', id);
  const { drift } = await look(bench.runtime, name, true);
  expect(drift).toEqual([
    { path: 'resources.memoryBytes', expected: '268435456', actual: '67108864' },
    { path: 'resources.cpu', expected: '0.5', actual: '0.2' },
  ]);
  const { resources } = makeService('limited').spec;
  await act(bench.runtime, { kind: 'update', target: { name, id }, resources });
  expect(await look(bench.runtime, name, true)).toMatchObject({ drift: [], state: 'running' });
});

test('a program that does not ask for TERM ends at once; one that ignores it, after its grace', async () => {
  const bench = await openPodmanBench(engine);
  const polite = await launch(bench, makeService('polite'));
  const beforeMs = Date.now();
  await act(bench.runtime, { kind: 'stop', target: polite, graceMs: 30_000 });
  expect(Date.now() - beforeMs).toBeLessThan(15_000);
  expect(await look(bench.runtime, polite.name)).toMatchObject({ exit: { code: 143 } });
  const command = ['node', '/programs/service.mjs', '--ignore-term'];
  const deaf = await launch(bench, makeService('deaf', { spec: { command } }));
  await act(bench.runtime, { kind: 'stop', target: deaf, graceMs: 1_000 });
  expect(await look(bench.runtime, deaf.name)).toMatchObject({ exit: { code: 137 } });
});

test('a container whose network was removed starts in a new one', async () => {
  const bench = await openPodmanBench(engine);
  const instance = await launch(bench, makeService('unplugged'));
  await act(bench.runtime, { kind: 'stop', target: instance, graceMs: 1_000 });
  const [network = ''] = await networks('unplugged');
  const id = await engine.podman('network', 'inspect', network, '--format', '{{.ID}}');
  // By its id the engine removes it under its containers.
  await removeNetworkById(id);
  expect(await look(bench.runtime, instance.name, true)).toMatchObject({
    drift: [{ path: 'network', expected: network, actual: 'removed' }],
  });
  await act(bench.runtime, { kind: 'start', target: instance });
  await eventually(async () => bench.facts(await look(bench.runtime, instance.name)));
  expect(await look(bench.runtime, instance.name, true)).toMatchObject({ drift: [] });
});

test('a container whose port was taken while it was down says so, and is to be made anew', async () => {
  const bench = await openPodmanBench(engine);
  const instance = await launch(bench, makeService('robbed'));
  await act(bench.runtime, { kind: 'stop', target: instance, graceMs: 1_000 });
  const port = Number(new URL(instance.url ?? '').port);
  const thief = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void thief.close());
  await once(thief, 'listening');
  await expect(act(bench.runtime, { kind: 'start', target: instance })).rejects.toMatchObject({
    code: 'RUNTIME_UNAVAILABLE',
    message: expect.stringContaining('taken by another program'),
  });
  expect(await look(bench.runtime, instance.name)).toMatchObject({
    drift: [{ path: 'port', expected: `127.0.0.1:${port}` }],
  });
});

test('two starts within one second are told apart', async () => {
  const bench = await openPodmanBench(engine);
  const first = await launch(bench, makeService('quick'));
  await engine.podman('restart', '--time', '0', first.id);
  const second = await look(bench.runtime, first.name);
  expect(second.startedAtMs).toBeGreaterThan(first.startedAtMs ?? Infinity);
});

test('the volumes that an image asks for by itself go with its container', async () => {
  const bench = await openPodmanBench(engine);
  await engine.podman('create', '--name', 'base', PROGRAMS_IMAGE, 'node');
  const image = 'localhost/mcp-test/greedy:1';
  await engine.podman('commit', '--quiet', '--change', 'VOLUME /asked', 'base', image);
  await engine.podman('rm', 'base');
  const instance = await launch(bench, makeService('greedy', { spec: { image } }));
  expect(await engine.podman('volume', 'ls', '--quiet')).not.toBe('');
  await act(bench.runtime, { kind: 'remove', target: instance, volumes: [] });
  expect(await engine.podman('volume', 'ls', '--quiet')).toBe('');
});

test('the engine restarts nothing by itself', async () => {
  const bench = await openPodmanBench(engine);
  const instance = await launch(bench, makeService('crashed'));
  await bench.crash(instance);
  await eventually(async () => {
    expect(await look(bench.runtime, instance.name)).toMatchObject({ state: 'exited' });
  });
  const policy = await engine.podman(
    'inspect',
    instance.id,
    '--format',
    '{{.HostConfig.RestartPolicy.Name}}',
  );
  expect(policy).toBe('no');
});

async function openBehindProxy() {
  const proxy = await startEngineProxy(engine);
  return { proxy, bench: await openPodmanBench(engine, { socket: proxy.socket }) };
}

function act(runtime: Runtime, step: RuntimeStep, values: SecretValues = new Map()) {
  return runtime.perform(step, values, never());
}

async function networks(service: string): Promise<string[]> {
  const names = await engine.podman('network', 'ls', '--format', '{{.Name}}');
  return names.split('\n').filter((name) => name.startsWith(`mcp-${service}-`));
}

async function removeNetworkById(id: string): Promise<void> {
  const direct = openEngine({ socket: engine.socket });
  const request = { method: 'DELETE', path: `/networks/${id}` } as const;
  await direct.libpod({ signal: never(), what: 'remove a network' }, request);
  direct.close();
}

async function collectLogs(runtime: Runtime, { name }: Pick<Instance, 'name'>): Promise<string[]> {
  const lines: string[] = [];
  for await (const { text } of runtime.logs(name, { follow: false }, never())) lines.push(text);
  return lines;
}

function never(): AbortSignal {
  return AbortSignal.timeout(60_000);
}
