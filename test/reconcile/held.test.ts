import { expect, test } from 'vitest';
import { apply } from '../helpers/apply-in-world.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';
import { running, types } from '../helpers/world-facts.ts';

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

test('what is held leaves its slug to whom a document gives it', async () => {
  const world = startWorld({ resyncMs: 20 });
  const old = wanted('old', { slug: 'web', protected: true });
  world.want([old]);
  await running(world);
  world.want([wanted('heir', { slug: 'web' })]);
  await eventually(async () =>
    expect(await world.states()).toEqual(['heir Running', 'old Blocked']),
  );
  const looks = world.runtime.calls.length;
  await eventually(() => expect(world.runtime.calls.length).toBeGreaterThan(looks + 5));
  const state = world.router.observe();
  expect(state.ok && state.routes.map(({ service }) => service)).toEqual(['heir']);
  expect(runningNames(world)).toEqual(['heir', 'old']);
  const routed = types(world).filter((type) => type === 'service.routed');
  expect(routed).toHaveLength(2);
});

test('what disappears with nothing left of it counts as a removal, and is not let go in fives', async () => {
  const world = startWorld();
  const idle = LARGE.map((service) => ({ ...service, power: 'off' as const }));
  world.want(idle);
  await eventually(async () => expect(await world.states()).toHaveLength(20));
  world.want(idle.slice(5));
  await eventually(async () => expect(await world.states()).toHaveLength(15));
  world.want(idle.slice(10));
  await eventually(async () => {
    const states = await world.states();
    expect(states.filter((line) => line.endsWith('Blocked'))).toHaveLength(5);
  });
});

test('what waits for approval to go although nothing of it is left goes when it is applied', async () => {
  const before = startWorld();
  before.want([wanted('stays'), wanted('idle', { power: 'off' })]);
  await eventually(async () =>
    expect(await before.states()).toEqual(['idle Stopped', 'stays Running']),
  );
  await before.stop();
  const world = startWorld({ mode: 'approve', ground: before.ground });
  world.want([wanted('stays')]);
  await eventually(async () =>
    expect(await world.states()).toEqual(['idle Stopped', 'stays Running']),
  );
  const plan = await world.control.plan({});
  expect(plan.changes).toMatchObject([{ service: 'idle', change: { actions: ['delete'] } }]);
  await apply(world, { plan });
  await eventually(async () => expect(await world.states()).toEqual(['stays Running']));
});
