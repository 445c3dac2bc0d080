import { describe, expect, test } from 'vitest';
import { createMemoryRuntime } from '../../../src/adapters/memory/runtime.ts';
import { AppError } from '../../../src/errors.ts';
import type { RuntimeBench } from '../../contract/runtime/bench.ts';
import { describeRuntime } from '../../contract/runtime.ts';
import { createStep, found, wanted } from '../../helpers/services.ts';

const { signal } = new AbortController();
const FAST = { deep: false };

describe('memory runtime', () => {
  describeRuntime(openMemoryBench);
});

test('its objects and URLs are the same in every run', async () => {
  const { runtime, world } = createMemoryRuntime({ clock: () => 7 });
  const step = createStep(wanted('echo'));
  await runtime.perform(step, new Map(), signal);
  await runtime.perform({ kind: 'start', target: step.target }, new Map(), signal);
  expect(world.instances()).toMatchObject([
    { id: 'memory-1', startedAtMs: 7, url: `http://memory/${step.target.name}` },
  ]);
});

test('it begins with the instances it is given and counts every call', async () => {
  const { runtime, world } = createMemoryRuntime({ initial: [found('echo')] });
  expect(await runtime.observe(FAST, signal)).toMatchObject({
    ok: true,
    instances: [found('echo')],
  });
  expect(world.calls).toEqual([{ kind: 'observe', deep: false }]);
});

test('an object of another owner holds its name and is never made ours', async () => {
  const { runtime, world } = createMemoryRuntime();
  const step = createStep(wanted('echo'));
  world.addForeign({ id: 'x', name: step.target.name, owner: 'somebody' });
  await expect(runtime.perform(step, new Map(), signal)).rejects.toMatchObject({
    code: 'NAME_TAKEN',
  });
  expect(await runtime.observe(FAST, signal)).toMatchObject({
    instances: [],
    foreign: [{ id: 'x', owner: 'somebody' }],
  });
});

test('an outage is told as a cause, never as absence', async () => {
  const { runtime, world } = createMemoryRuntime({ initial: [found('echo')] });
  world.setOutage('socket gone');
  expect(await runtime.observe(FAST, signal)).toEqual({ ok: false, cause: 'socket gone' });
  world.setOutage(undefined);
  expect(await runtime.observe(FAST, signal)).toMatchObject({ ok: true });
});

test('a slow runtime answers when it may, or not in time', async () => {
  const { runtime, world } = createMemoryRuntime();
  const slowness = Promise.withResolvers<void>();
  world.setSlowness(slowness.promise);
  const impatient = new AbortController();
  const late = runtime.observe(FAST, impatient.signal);
  impatient.abort();
  expect(await late).toMatchObject({ ok: false });
  const patient = runtime.observe(FAST, signal);
  slowness.resolve();
  expect(await patient).toMatchObject({ ok: true });
});

test('a step can fail before its effect or after it', async () => {
  const { runtime, world } = createMemoryRuntime();
  const step = createStep(wanted('echo'));
  const error = new AppError('TIMED_OUT', 'no answer');
  world.addFault({ error, when: 'before' });
  await expect(runtime.perform(step, new Map(), signal)).rejects.toBe(error);
  expect(world.instances()).toEqual([]);
  world.addFault({ error, when: 'after', step: 'create', instance: step.target.name });
  await expect(runtime.perform(step, new Map(), signal)).rejects.toBe(error);
  expect(world.instances()).toHaveLength(1);
  await runtime.perform(step, new Map(), signal);
});

test('drift is told by a deep observation only, and an update mends the limits', async () => {
  const { runtime, world } = createMemoryRuntime({ initial: [found('echo')] });
  const { name } = found('echo');
  const drift = [{ path: 'resources.memoryBytes', expected: '1', actual: '2' }];
  world.edit(name, { drift });
  expect(await runtime.observe(FAST, signal)).toMatchObject({ instances: [{ drift: [] }] });
  expect(await runtime.observe({ deep: true }, signal)).toMatchObject({ instances: [{ drift }] });
  const { resources } = wanted('echo').spec;
  await runtime.perform({ kind: 'update', target: { name }, resources }, new Map(), signal);
  expect(await runtime.observe({ deep: true }, signal)).toMatchObject({
    instances: [{ drift: [] }],
  });
});

test('what happens around it wakes the watchers until their signal ends', () => {
  const { runtime, world } = createMemoryRuntime({ initial: [found('one'), found('two')] });
  const watching = new AbortController();
  const woken: (string | undefined)[] = [];
  runtime.watch((service) => woken.push(service), watching.signal);
  world.exit(found('one').name, 3);
  world.delete(found('two').name);
  watching.abort();
  world.wake('one');
  expect(woken).toEqual(['one', 'two']);
  expect(world.instances()).toMatchObject([{ state: 'exited', exit: { code: 3 } }]);
});

test('a step wakes the watchers for its own service, a removal too', async () => {
  const { runtime } = createMemoryRuntime({ initial: [found('one')] });
  const woken: (string | undefined)[] = [];
  runtime.watch((service) => woken.push(service), signal);
  const target = { name: found('one').name };
  await runtime.perform({ kind: 'remove', target, volumes: [] }, new Map(), signal);
  expect(woken).toEqual(['one']);
});

async function openMemoryBench(): Promise<RuntimeBench> {
  const { runtime, world } = createMemoryRuntime();
  return {
    runtime,
    makeService: wanted,
    facts: ({ name }) => Promise.resolve(world.facts(name)),
    print: async ({ name }, text) => world.print(name, text),
    crash: async ({ name }) => world.exit(name, 1),
    close: () => runtime.close(),
  };
}
