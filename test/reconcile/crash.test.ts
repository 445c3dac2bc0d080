import { expect, test } from 'vitest';
import type { DesiredService } from '../../src/model/service.ts';
import { checkStory, createCrash } from '../helpers/crash.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { createGround, type Ground, startWorld } from '../helpers/world.ts';

const CHANGED = { spec: { env: { LEVEL: 'debug' } } };
const FLEETS: readonly (readonly DesiredService[])[] = [
  [wanted('a'), wanted('b')],
  [wanted('a', CHANGED), wanted('c')],
  [wanted('a', { ...CHANGED, power: 'off' }), wanted('c')],
];

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
