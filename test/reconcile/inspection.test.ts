import { expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';

const never = new AbortController().signal;

function stateOf({ inspection }: TestWorld, name: string): string | undefined {
  return inspection.details().find(({ status }) => status.name === name)?.status.state;
}

test('what was just declared is shown before anything was tried, and settles when it runs', async () => {
  const world = startWorld();
  await world.inspection.settled('echo', never);
  expect(world.inspection.details()).toEqual([]);
  world.want([wanted('echo', { runtime: 'memory' })]);
  await world.inspection.settled('echo', never);
  expect(stateOf(world, 'echo')).toBe('Running');
  const [detail] = world.inspection.details();
  const [instance] = world.runtime.instances();
  expect(detail).toMatchObject({
    desired: { name: 'echo' },
    containerId: instance?.id,
    containerIds: [instance?.id],
    createdAtMs: instance?.startedAtMs,
  });
  await eventually(() =>
    expect(world.inspection.details()[0]?.responseMs).toBeGreaterThanOrEqual(0),
  );
});

test('what is no longer declared settles when it is gone', async () => {
  const world = startWorld();
  const echo = wanted('echo', { runtime: 'memory' });
  world.want([echo, wanted('other', { runtime: 'memory' })]);
  await world.inspection.settled('echo', never);
  world.want([wanted('other', { runtime: 'memory' })]);
  await world.inspection.settled('echo', never);
  expect(world.inspection.details().map(({ status }) => status.name)).toEqual(['other']);
});

test('who waits for what does not come stops at its signal', async () => {
  const world = startWorld();
  world.prober.answer('echo', { outcome: 'failed', message: 'not yet' });
  world.want([wanted('echo', { runtime: 'memory' })]);
  await world.inspection.settled('echo', AbortSignal.timeout(200));
  expect(stateOf(world, 'echo')).toBe('Starting');
});
