import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { Instance } from '../../../src/model/instance.ts';
import type { RuntimeStep } from '../../../src/model/plan.ts';
import type { LogLine, LogRequest, Runtime } from '../../../src/ports.ts';
import { startEngine } from '../../helpers/engine.ts';
import { startEngineProxy } from '../../helpers/engine-proxy.ts';
import { eventually } from '../../helpers/eventually.ts';
import { launch, look, makeService, openPodmanBench } from './bench.ts';

// What is seen of an engine: outages, states, foreign objects, events, output.
const engine = await startEngine(afterAll);

test('an engine that is away, fails, hangs or tells half is unobserved, never empty', async () => {
  const proxy = await startEngineProxy(engine);
  const bench = await openPodmanBench(engine, { socket: proxy.socket });
  await launch(bench, makeService('seen'));
  const observe = (deep: boolean, ms = 60_000) =>
    bench.runtime.observe({ deep }, AbortSignal.timeout(ms));
  const faults = [
    { kind: 'answer', status: 500 },
    { kind: 'answer', status: 200, body: { not: 'a list' } },
    { kind: 'truncate' },
    { kind: 'cut', when: 'before' },
    { kind: 'rewrite', rewrite: (body: string) => body.slice(0, body.length / 2) },
  ] as const;
  for (const fault of faults) {
    const lift = proxy.inject(({ path }) => path.includes('/containers/json'), fault);
    expect(await observe(false), JSON.stringify(fault)).toMatchObject({ ok: false });
    lift();
  }
  const lift = proxy.inject(() => true, { kind: 'hang' });
  expect(await observe(false, 200)).toMatchObject({ ok: false });
  lift();
  // What a deep look asks beside the list counts as well.
  for (const list of ['/networks/json', '/volumes/json']) {
    const broken = proxy.inject(({ path }) => path.includes(list), { kind: 'answer', status: 500 });
    expect(await observe(true), list).toMatchObject({ ok: false });
    broken();
  }
  await proxy.silence();
  expect(await observe(false)).toMatchObject({
    ok: false,
    cause: expect.stringContaining(proxy.socket),
  });
  await proxy.listen();
  expect(await observe(true)).toMatchObject({ ok: true, instances: [{ service: 'seen' }] });
});

test('a paused container is seen as that, can be stopped, and can be started', async () => {
  const bench = await openPodmanBench(engine);
  const instance = await launch(bench, makeService('paused'));
  const { name, id } = instance;
  await engine.podman('pause', id);
  expect(await look(bench.runtime, name)).toMatchObject({ state: 'paused' });
  await act(bench.runtime, { kind: 'start', target: instance });
  await bench.facts(await look(bench.runtime, name));
  await engine.podman('pause', id);
  await act(bench.runtime, { kind: 'stop', target: instance, graceMs: 5_000 });
  expect(await look(bench.runtime, name)).toMatchObject({ state: 'exited' });
});

test('what has a name that we may want is foreign, what only looks like ours too, and neither is touched', async () => {
  const bench = await openPodmanBench(engine);
  const instance = await launch(bench, makeService('ours'));
  const { name, id } = instance;
  const image = makeService('x').spec.image ?? '';
  const label = `mcp-manager.io/manager=${bench.managerId}`;
  await engine.podman('create', '--name', 'mcp-elsewhere', image, 'node');
  await engine.podman('create', '--name', 'imitation', '--label', label, image, 'node');
  await engine.podman('create', '--name', 'bystander', image, 'node');
  onTestFinished(async () => {
    await engine.podman('rm', 'mcp-elsewhere', 'bystander');
  });
  await engine.podman('rename', id, 'moved');
  const observation = await bench.runtime.observe({ deep: true }, never());
  expect(observation).toMatchObject({ ok: true, instances: [] });
  const foreign = observation.ok ? observation.foreign : [];
  expect(new Map(foreign.map((object) => [object.name, object.owner]))).toEqual(
    new Map([
      ['imitation', bench.managerId],
      ['mcp-elsewhere', undefined],
      ['moved', bench.managerId],
    ]),
  );
  // A look at some names shows what was renamed as well.
  const scoped = await bench.runtime.observe({ deep: false, names: new Set(['ours']) }, never());
  expect(scoped.ok ? scoped.foreign.map((one) => one.name) : []).toContain('moved');
  await act(bench.runtime, { kind: 'stop', target: { name, id }, graceMs: 0 });
  await act(bench.runtime, { kind: 'remove', target: { name, id }, volumes: ['data'] });
  expect(await engine.podman('ps', '--format', '{{.Names}}')).toBe('moved');
  await engine.podman('rename', 'moved', name);
  expect(await look(bench.runtime, name)).toMatchObject({ id, state: 'running' });
});

test('a container that lost its network is told at the first look', async () => {
  const bench = await openPodmanBench(engine);
  const { name, id } = await launch(bench, makeService('severed'));
  const networks = '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}';
  const network = await engine.podman('inspect', id, '--format', networks);
  await engine.podman('network', 'disconnect', network, id);
  expect(await look(bench.runtime, name)).toMatchObject({
    drift: [{ path: 'network', expected: network, actual: 'none' }],
  });
});

test('events wake for whom they concern, over a restart of the engine too', async () => {
  const bench = await openPodmanBench(engine);
  const [one, two] = await Promise.all([
    launch(bench, makeService('woken')),
    launch(bench, makeService('missed')),
  ]);
  const woken: (string | undefined)[] = [];
  const watching = new AbortController();
  onTestFinished(() => watching.abort());
  bench.runtime.watch((service) => woken.push(service), watching.signal);
  await engine.podman('pause', one.id);
  await eventually(() => expect(woken).toContain('woken'));
  await engine.kill();
  woken.length = 0;
  await engine.podman('kill', two.id);
  await engine.start();
  await eventually(() => expect(woken).toContain('missed'));
  // What the stream did not bring anybody must be looked for.
  expect(woken).toContain(undefined);
  await engine.podman('unpause', one.id);
  await eventually(() => expect(woken).toContain('woken'));
  woken.length = 0;
  await engine.podman('rename', one.id, 'renamed');
  await eventually(() => expect(woken).toContain(undefined));
});

test('output that was printed in pieces is told in its lines and in its order, also the last of it', async () => {
  const bench = await openPodmanBench(engine);
  const script = `
    process.stdout.write('first ');
    console.error('aside');
    setTimeout(() => process.stdout.write('half\\n' + 'x'.repeat(20000) + 'end\\nlast\\n'), 100);
    require('http').createServer((q, a) => a.end('{}')).listen(process.env.PORT, '0.0.0.0');`;
  const service = makeService('pieces', { spec: { command: ['node', '-e', script] } });
  const instance = await launch(bench, service);
  const all = await eventually(async () => {
    const lines = await logs(bench.runtime, instance, {});
    expect(lines.at(-1)?.text).toBe('last');
    return lines;
  });
  expect(all.map(({ stream, text }) => `${stream} ${text.slice(0, 12)}`)).toEqual([
    'stderr aside',
    'stdout first half',
    `stdout ${'x'.repeat(12)}`,
    'stdout last',
  ]);
  for (const tail of [1, 2, 3, 4, 9])
    expect(await logs(bench.runtime, instance, { tail })).toEqual(all.slice(-tail));
  const [first] = all;
  const later = await logs(bench.runtime, instance, { sinceMs: (first?.atMs ?? 0) + 60_000 });
  expect(later).toEqual([]);
});

test('a secret that a program prints is not in its output', async () => {
  const bench = await openPodmanBench(engine);
  const env = { KEY: { secret: 'file:key' }, LEVEL: 'debug' };
  const service = makeService('leaky', { spec: { env } });
  const instance = await launch(bench, service, new Map([['file:key', 'planted-value']]));
  await bench.print(instance, 'my key is planted-value, level debug');
  await eventually(async () => {
    const [line] = await logs(bench.runtime, instance, { tail: 1 });
    expect(line?.text).toBe('my key is (secret), level debug');
  });
});

test('output is followed over a restart of the engine, without a gap and without a repetition', async () => {
  const bench = await openPodmanBench(engine);
  const instance = await launch(bench, makeService('followed'));
  const reading = new AbortController();
  onTestFinished(() => reading.abort());
  const texts: string[] = [];
  const done = (async () => {
    const request = { follow: true, tail: 1 };
    for await (const { text } of bench.runtime.logs(instance.name, request, reading.signal))
      texts.push(text);
  })();
  await eventually(() => expect(texts).toEqual(['ready']));
  await bench.print(instance, 'before');
  await eventually(() => expect(texts).toEqual(['ready', 'before']));
  await engine.kill();
  await bench.print(instance, 'between');
  await engine.start();
  await bench.print(instance, 'after');
  await eventually(() => expect(texts).toContain('after'));
  expect(texts).toEqual(['ready', 'before', 'between', 'after']);
  reading.abort();
  await done;
});

test('following ends when the container is removed', async () => {
  const bench = await openPodmanBench(engine);
  const instance = await launch(bench, makeService('gone'));
  const reading = new AbortController();
  const late = setTimeout(() => reading.abort(), 30_000);
  const request = { follow: true };
  const texts: string[] = [];
  const done = (async () => {
    for await (const { text } of bench.runtime.logs(instance.name, request, reading.signal))
      texts.push(text);
  })();
  await eventually(() => expect(texts).toContain('ready'));
  await act(bench.runtime, { kind: 'remove', target: instance, volumes: [] });
  await done;
  clearTimeout(late);
  expect(reading.signal.aborted).toBe(false);
});

function act(runtime: Runtime, step: RuntimeStep) {
  return runtime.perform(step, new Map(), never());
}

async function logs(
  runtime: Runtime,
  { name }: Instance,
  request: Partial<LogRequest>,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of runtime.logs(name, { follow: false, ...request }, never()))
    lines.push(line);
  return lines;
}

function never(): AbortSignal {
  return AbortSignal.timeout(60_000);
}
