import { expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld } from '../helpers/world.ts';

const names = (world: ReturnType<typeof startWorld>): readonly string[] =>
  world.runtime.instances().map(({ name, state }) => `${name} ${state}`);

test('a desired service is created, started, verified and routed', async () => {
  const world = startWorld();
  world.want([wanted('echo')]);
  await eventually(async () => expect(await world.states()).toEqual(['echo Running']));
  expect(world.router.calls).toMatchObject([{ kind: 'route', route: { slug: 'echo' } }]);
});

test('a changed spec replaces the instance: the old stops before the new starts, and goes after', async () => {
  const world = startWorld();
  world.want([wanted('echo')]);
  await eventually(async () => expect(await world.states()).toEqual(['echo Running']));
  const [before] = names(world);
  world.want([wanted('echo', { spec: { env: { LEVEL: 'debug' } } })]);
  await eventually(() => {
    expect(names(world)).toHaveLength(1);
    expect(names(world)).not.toEqual([before]);
  });
  const steps = world.runtime.calls.flatMap((call) =>
    call.kind === 'perform' ? [call.step.kind] : [],
  );
  expect(steps).toEqual(['create', 'start', 'create', 'stop', 'start', 'remove']);
});

test('a pass with nothing to do is one list call, no write and no event', async () => {
  const world = startWorld();
  world.want([wanted('a'), wanted('b')]);
  await eventually(async () => expect(await world.states()).toEqual(['a Running', 'b Running']));
  await world.control.wake();
  const events = world.store.lastNumber();
  const calls = world.runtime.calls.length;
  const journal = world.store.journal({ limit: 100 }).length;
  await world.control.wake();
  await eventually(() => expect(world.runtime.calls.length).toBeGreaterThan(calls));
  expect(world.runtime.calls.slice(calls)).toMatchObject([{ kind: 'observe' }]);
  expect(world.store.lastNumber()).toBe(events);
  expect(world.store.journal({ limit: 100 })).toHaveLength(journal);
});

test('a service that leaves the documents is unrouted, stopped and removed', async () => {
  const world = startWorld();
  world.want([wanted('a'), wanted('b')]);
  await eventually(async () => expect(await world.states()).toEqual(['a Running', 'b Running']));
  world.want([wanted('a')]);
  await eventually(() => expect(world.runtime.instances()).toHaveLength(1));
  await eventually(async () => expect(await world.states()).toEqual(['a Running']));
});

test('a document that was renamed is remembered by its new name', async () => {
  const world = startWorld();
  world.want([wanted('echo')]);
  await eventually(async () => expect(await world.states()).toEqual(['echo Running']));
  world.want([wanted('echo', { place: { file: 'renamed.yaml', line: 3, column: 3 } })]);
  await eventually(() =>
    expect(world.store.histories().get('echo')?.accepted?.place.file).toBe('renamed.yaml'),
  );
});
