import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { RuntimeStep } from '../../src/model/plan.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';
import { running, types } from '../helpers/world-facts.ts';
import { fillDisk } from '../helpers/world-faults.ts';

const FLEET = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((name) => wanted(name));

const steps = (world: TestWorld, service: string): readonly string[] =>
  world.runtime.calls.flatMap((call) =>
    call.kind === 'perform' && isOf(call.step, service) ? [call.step.kind] : [],
  );

const isOf = (step: RuntimeStep, service: string): boolean =>
  'target' in step && step.target.name.startsWith(`mcp-${service}-`);

test('a failing service leaves the others alone and is tried again only after a wait', async () => {
  const world = startWorld();
  const error = new AppError('PROGRAM_FAILED', 'no luck');
  world.runtime.addFault({ error, when: 'before', step: 'start' });
  world.want([wanted('a'), wanted('b')]);
  await eventually(async () => expect(await world.states()).toContain('b Running'));
  await running(world);
  expect(types(world)).toContain('step.failed');
});

test('a terminal failure waits for new input, and a changed document is new input', async () => {
  const world = startWorld();
  const error = new AppError('PROGRAM_MISSING', 'there is no program nod', {
    hint: 'mend `command`',
  });
  world.runtime.addFault({ error, when: 'before', step: 'start' });
  world.want([wanted('a')]);
  await eventually(async () => expect(await world.states()).toEqual(['a Failed']));
  const [status] = (await world.control.status()).services;
  expect(status?.cause).toBe('PROGRAM_MISSING there is no program nod (mend `command`)');
  world.want([wanted('a', { spec: { command: ['node', 'other.ts'] } })]);
  await running(world);
});

test('a version that failed is tried afresh when it comes back after another one', async () => {
  const world = startWorld();
  const other = wanted('a', { spec: { command: ['node', 'other.ts'] }, power: 'off' });
  const error = new AppError('PROGRAM_MISSING', 'there is no program nod');
  world.runtime.addFault({ error, when: 'before', step: 'start' });
  world.want([wanted('a')]);
  await eventually(async () => expect(await world.states()).toEqual(['a Failed']));
  world.want([other]);
  await eventually(async () => expect(await world.states()).toEqual(['a Stopped']));
  world.want([wanted('a')]);
  await running(world);
});

test('a runtime that does not answer freezes its services and removes nothing', async () => {
  const world = startWorld({ resyncMs: 50 });
  world.want(FLEET);
  await running(world);
  world.runtime.setOutage('the socket is gone');
  world.want([]);
  const { changes } = await world.control.plan({});
  expect(changes.flatMap(({ change }) => change.actions)).not.toContain('delete');
  world.want(FLEET);
  await eventually(async () => expect(await world.states()).toContain('a Frozen'));
  world.runtime.setOutage(undefined);
  await running(world);
  expect(world.runtime.instances()).toHaveLength(10);
  expect(steps(world, 'a')).toEqual(['create', 'start']);
});

test('removing half of the fleet at once is blocked and says how to allow it; by name it is not', async () => {
  const world = startWorld();
  const large = Array.from({ length: 20 }, (_item, index) => wanted(`s${index}`));
  world.want(large);
  await running(world);
  world.want(large.slice(0, 10));
  await eventually(async () => expect(await world.states()).toContain('s15 Blocked'));
  expect(world.runtime.instances()).toHaveLength(20);
  const causeOf15 = async (): Promise<string | undefined> =>
    (await world.control.status()).services.find(({ name }) => name === 's15')?.cause;
  // Where a step was still running, a look at one service comes before the look at all.
  await eventually(async () => expect(await causeOf15()).toContain('--allow-removals 10'));
  const looks = world.runtime.calls.length;
  world.runtime.wake('s15');
  await eventually(() => expect(world.runtime.calls.length).toBeGreaterThan(looks));
  expect(await causeOf15()).toContain('--allow-removals 10');
  await world.control.ask({ kind: 'remove', service: 's15', volumes: false, by: 'test' });
  await eventually(() => expect(world.runtime.instances()).toHaveLength(19));
  await world.control.ask({ kind: 'remove', service: 's16', volumes: false, by: 'test' });
  await eventually(() => expect(world.runtime.instances()).toHaveLength(18));
});

test('a restart on request happens once, a pause keeps the hands off', async () => {
  const world = startWorld();
  world.want([wanted('a')]);
  await running(world);
  await world.control.ask({ kind: 'restart', service: 'a', by: 'test' });
  await eventually(() => expect(steps(world, 'a')).toEqual(['create', 'start', 'stop', 'start']));
  await running(world);
  expect(world.store.requests()).toEqual([]);
  await world.control.ask({ kind: 'pause', service: 'a', by: 'test' });
  await eventually(async () => expect(await world.states()).toEqual(['a Paused']));
  world.runtime.exit(world.runtime.instances()[0]?.name ?? '');
  await world.control.wake();
  await eventually(async () => expect(await world.states()).toEqual(['a Paused']));
  await world.control.ask({ kind: 'unpause', service: 'a', by: 'test' });
  await running(world);
});

test('a hanging service is restarted after three strikes, a sick observer restarts nothing', async () => {
  const world = startWorld();
  const verify = { ...wanted('x').verify, everyMs: 10 };
  world.want(FLEET.map((service) => ({ ...service, verify })));
  await running(world);
  world.prober.answer('a', { outcome: 'failed', message: 'no answer within 10s' });
  await eventually(() => expect(steps(world, 'a')).toContain('stop'));
  world.prober.answer('a', undefined);
  await running(world);

  world.prober.setControl(false);
  const before = world.runtime.calls.filter(({ kind }) => kind === 'perform').length;
  for (const { name } of FLEET)
    world.prober.answer(name, { outcome: 'failed', message: 'no answer' });
  await eventually(async () => {
    const causes = (await world.control.status()).services.map(({ cause }) => cause);
    expect(causes.filter((cause) => cause.includes('observer is at fault'))).toHaveLength(10);
  });
  expect(world.runtime.calls.filter(({ kind }) => kind === 'perform')).toHaveLength(before);
});

test('one slow call delays nobody', async () => {
  const slow = Promise.withResolvers<void>();
  const world = startWorld({
    between: (ports) => ({
      ...ports,
      runtime: {
        ...ports.runtime,
        perform: async (step, values, signal) => {
          if (isOf(step, 'slow')) await slow.promise;
          return ports.runtime.perform(step, values, signal);
        },
      },
    }),
  });
  world.want([wanted('quick'), wanted('slow')]);
  await eventually(async () =>
    expect(await world.states()).toEqual(['quick Running', 'slow Starting']),
  );
  slow.resolve();
  await running(world);
});

test('a store that cannot be written stops all motion and nothing else', async () => {
  const disk = fillDisk();
  const world = startWorld({ resyncMs: 50, between: disk.between });
  world.want([wanted('a')]);
  await running(world);
  disk.setFull(true);
  world.want([wanted('a'), wanted('b')]);
  await eventually(async () => {
    const { troubles } = await world.control.health();
    expect(troubles.join()).toContain('the disk is full');
  });
  expect(world.runtime.instances()).toHaveLength(1);
  disk.setFull(false);
  await eventually(async () => expect(await world.states()).toEqual(['a Running', 'b Running']));
  expect((await world.control.health()).troubles).toEqual([]);
});

test('a service that vanishes without a trace is no longer checked', async () => {
  const world = startWorld();
  const verify = { ...wanted('x').verify, everyMs: 10 };
  world.prober.answer('b', { outcome: 'failed', message: 'answered 500' });
  world.want([wanted('a', { verify }), wanted('b', { verify })]);
  await eventually(async () => expect(await world.states()).toEqual(['a Running', 'b Starting']));
  world.want([wanted('a', { verify })]);
  world.runtime.delete(
    world.runtime.instances().find(({ service }) => service === 'b')?.name ?? '',
  );
  await eventually(async () => expect(await world.states()).toEqual(['a Running']));
  const before = world.prober.checks.length;
  await eventually(() => expect(world.prober.checks.length).toBeGreaterThan(before + 5));
  const later = world.prober.checks.slice(before + 1).map(({ service }) => service);
  expect(new Set(later)).toEqual(new Set(['a']));
});
