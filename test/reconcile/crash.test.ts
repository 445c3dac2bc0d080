import { expect, test } from 'vitest';
import type { DesiredService } from '../../src/model/service.ts';
import type { Router, Runtime, Store } from '../../src/ports.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { createGround, type Ground, startWorld } from '../helpers/world.ts';

const CHANGED = { spec: { env: { LEVEL: 'debug' } } };
const FLEETS: readonly (readonly DesiredService[])[] = [
  [wanted('a'), wanted('b')],
  [wanted('a', CHANGED), wanted('c')],
  [wanted('a', { ...CHANGED, power: 'off' }), wanted('c')],
];

/** Counts every effect and write; from the given one on, nothing gets through any more. */
function createCrash(at: number, position: 'before' | 'after') {
  let count = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw new Error('crashed');
  };
  function guard<T>(effect: () => T): T {
    if (dead) throw new Error('crashed');
    count += 1;
    if (count === at && position === 'before') die();
    const result = effect();
    if (count === at) die();
    return result;
  }
  async function guardAsync<T>(effect: () => Promise<T>): Promise<T> {
    if (dead) throw new Error('crashed');
    count += 1;
    const mine = count;
    if (mine === at && position === 'before') die();
    const result = await effect();
    if (mine === at || dead) die();
    return result;
  }
  return {
    count: () => count,
    isDead: () => dead,
    between: ({ runtime, router, store }: { runtime: Runtime; router: Router; store: Store }) => ({
      runtime: {
        ...runtime,
        perform: (...call: Parameters<Runtime['perform']>) =>
          guardAsync(() => runtime.perform(...call)),
      },
      router: {
        ...router,
        route: (...call: Parameters<Router['route']>) => guardAsync(() => router.route(...call)),
        unroute: (...call: Parameters<Router['unroute']>) =>
          guardAsync(() => router.unroute(...call)),
      },
      store: {
        ...store,
        producer: store.producer,
        commit: (changes: Parameters<Store['commit']>[0]) =>
          changes.length === 0 ? undefined : guard(() => store.commit(changes)),
      },
    }),
  };
}

/** All crashes happen at once in one process: on a busy machine each of them is slow. */
const LONG_MS = 60_000;

/** What counts of the world in the end: who runs in which version, and what is routed where. */
function finalState({ memory, router }: Ground): unknown {
  const seen = router.observe();
  return {
    instances: memory.world
      .instances()
      .map(({ service, revision, state }) => `${service} ${revision} ${state}`)
      .toSorted(),
    routes: seen.ok
      ? seen.routes.map(({ slug, targets }) => `${slug} ${targets[0]?.instance}`).toSorted()
      : [],
  };
}

async function converge(ground: Ground, fleet: readonly DesiredService[]): Promise<void> {
  const world = startWorld({ ground });
  world.want(fleet);
  const expected = fleet.map(
    ({ name, power }) => `${name} ${power === 'on' ? 'Running' : 'Stopped'}`,
  );
  await eventually(async () => expect(await world.states()).toEqual(expected), LONG_MS);
  await world.stop();
}

/** Runs through the fleets, crashes once on the way, and starts again from what is durable. */
async function runWithCrash(
  at: number,
  position: 'before' | 'after',
): Promise<{ ground: Ground; count: number }> {
  const ground = createGround();
  const crash = createCrash(at, position);
  for (const fleet of FLEETS) {
    if (crash.isDead()) break;
    const world = startWorld({ ground, between: crash.between });
    world.want(fleet);
    const expected = fleet.map(
      ({ name, power }) => `${name} ${power === 'on' ? 'Running' : 'Stopped'}`,
    );
    await eventually(async () => {
      const states = crash.isDead() ? expected : await world.states();
      expect(states).toEqual(expected);
    }, LONG_MS);
    await world.stop().catch(() => {});
  }
  for (const fleet of FLEETS) await converge(ground, fleet);
  return { ground, count: crash.count() };
}

/** Every step that was begun is told to have ended, and the numbers of events have no hole. */
function checkStory({ store }: Ground, where: string): void {
  const events = store.events(0, 10_000);
  expect(events.map(({ number }) => number)).toEqual(events.map((_event, index) => index + 1));
  const count = (type: string): number =>
    events.filter(({ event }) => event.type.endsWith(type)).length;
  expect(count('step.started'), where).toBe(count('step.completed') + count('step.failed'));
  expect(store.journal({ unfinished: true, limit: 10 })).toEqual([]);
}

test(
  'a crash at any write or effect, before or after it, ends in the same world and a whole story',
  async () => {
    const calm = await runWithCrash(Infinity, 'before');
    expect(calm.count).toBeGreaterThan(20);
    const points = Array.from({ length: calm.count }, (_point, index) => index + 1);
    const crashes = points.flatMap((at) => [
      { at, position: 'before' as const },
      { at, position: 'after' as const },
    ]);
    await Promise.all(
      crashes.map(async ({ at, position }) => {
        const { ground } = await runWithCrash(at, position);
        const where = `crash ${position} ${at} of ${calm.count}`;
        expect(finalState(ground), where).toEqual(finalState(calm.ground));
        checkStory(ground, where);
      }),
    );
  },
  2 * LONG_MS,
);
