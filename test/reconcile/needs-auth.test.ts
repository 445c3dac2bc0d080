import { expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld } from '../helpers/world.ts';

const REFUSES = { outcome: 'needs-auth', message: 'answers 401' } as const;
const next = wanted('echo', { spec: { env: { LEVEL: 'debug' } } });

test('a new release that suddenly wants credentials gets no traffic, however often it is looked at', async () => {
  const world = startWorld();
  world.want([wanted('echo')]);
  await eventually(async () => expect(await world.states()).toEqual(['echo Running']));
  const routes = world.router.calls.length;
  world.prober.answer('echo', REFUSES);
  world.want([next]);
  await eventually(() =>
    expect(world.store.histories().get('echo')?.verification?.result).toEqual(REFUSES),
  );
  const looks = world.runtime.calls.length;
  await world.control.wake();
  await eventually(() => expect(world.runtime.calls.length).toBeGreaterThan(looks));
  expect(await world.states()).toEqual(['echo Updating']);
  expect(world.router.calls).toHaveLength(routes);
});

test('one that wants them from the start is alive and gets its traffic', async () => {
  const world = startWorld();
  world.prober.answer('echo', REFUSES);
  world.want([wanted('echo')]);
  await eventually(async () => expect(await world.states()).toEqual(['echo NeedsAuth']));
});
