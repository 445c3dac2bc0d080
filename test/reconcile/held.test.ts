import { expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';
import { running } from '../helpers/world-facts.ts';

const LARGE = Array.from({ length: 20 }, (_item, index) => wanted(`s${index}`));
const LEFT = LARGE.slice(0, 10);

/** Twenty services run, half of them are named by no document any more, and a gate holds these. */
async function startHeld(): Promise<TestWorld> {
  const world = startWorld();
  world.want(LARGE);
  await running(world);
  world.want(LEFT);
  await held(world);
  return world;
}

async function held(world: TestWorld): Promise<void> {
  await eventually(async () => {
    const states = await world.states();
    expect(states.filter((line) => line.endsWith('Blocked'))).toHaveLength(10);
    expect(states.filter((line) => line.endsWith('Running'))).toHaveLength(10);
  });
}

function runningNames(world: TestWorld): readonly string[] {
  const up = world.runtime.instances().filter(({ state }) => state === 'running');
  return up.map(({ service }) => service).toSorted();
}

test('what is held and crashes is started again', async () => {
  const world = await startHeld();
  const [crashed] = world.runtime.instances().filter(({ service }) => service === 's15');
  world.runtime.exit(crashed?.name ?? '');
  await eventually(() =>
    expect(world.runtime.instance(crashed?.name ?? '')?.state).toBe('running'),
  );
  await held(world);
});

test('what is held is made again after a restart that it did not survive', async () => {
  const first = await startHeld();
  await first.stop();
  for (const { name } of first.runtime.instances()) first.runtime.delete(name);
  const next = startWorld({ ground: first.ground });
  next.want(LEFT);
  await held(next);
  await eventually(() =>
    expect(runningNames(next)).toEqual(LARGE.map(({ name }) => name).toSorted()),
  );
});

test('what was let go stays gone, also when a later removal is held', async () => {
  const world = await startHeld();
  for (const name of ['s15', 's16']) {
    await world.control.ask({ kind: 'remove', service: name, volumes: false, by: 'test' });
  }
  await eventually(() => expect(world.runtime.instances()).toHaveLength(18));
  world.want(LEFT.slice(5));
  await eventually(async () => expect(await world.states()).toContain('s0 Blocked'));
  expect(runningNames(world)).not.toContain('s15');
  expect(runningNames(world)).toHaveLength(18);
});
