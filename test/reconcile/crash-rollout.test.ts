import { expect, test } from 'vitest';
import type { DesiredService } from '../../src/model/service.ts';
import { checkStory, createCrash } from '../helpers/crash.ts';
import { eventually } from '../helpers/eventually.ts';
import { found, wanted } from '../helpers/services.ts';
import { createGround, type Ground, startWorld, type WorldOptions } from '../helpers/world.ts';

/** All crashes happen at once in one process: on a busy machine each of them is slow. */
const LONG_MS = 60_000;

interface Stage {
  readonly service: DesiredService;
  /** What runs in the end, and how the service is. */
  readonly runs: DesiredService;
  readonly state: string;
}

const { rollout } = wanted('echo');
const quick = { stableForMs: 20, drainMs: 20, deadlineMs: 200 };
const failing = { outcome: 'failed', message: 'answered 500' } as const;

/** A first version, a change, and one more that never answers. */
function stagesOf(strategy: 'surge' | 'recreate', replicas: number): readonly Stage[] {
  const version = (level: string): DesiredService =>
    wanted('echo', {
      replicas,
      rollout: { ...rollout, ...quick, strategy },
      spec: { env: { LEVEL: level } },
    });
  const [one, two, bad] = [version('one'), version('two'), version('bad')];
  return [
    { service: one, runs: one, state: 'Running' },
    { service: two, runs: two, state: 'Running' },
    { service: bad, runs: two, state: 'Failed' },
  ];
}

test.each([
  ['beside the old one', 'surge', 1],
  ['of several, one after the other', 'surge', 2],
  ['that stops the old one first', 'recreate', 1],
] as const)(
  'a crash at any write or effect of a change %s ends in one release and one route',
  async (_what, strategy, replicas) => {
    const stages = stagesOf(strategy, replicas);
    const calm = await runWithCrash(stages, Infinity, 'before');
    expect(calm).toBeGreaterThan(30);
    const points = Array.from({ length: calm }, (_point, index) => index + 1);
    await Promise.all(
      points.flatMap((at) => [
        runWithCrash(stages, at, 'before'),
        runWithCrash(stages, at, 'after'),
      ]),
    );
    console.log(`${calm} writes and effects, each crashed before and after`);
  },
  2 * LONG_MS,
);

/** Goes through the stages and crashes once on the way; the next manager goes on where that was. */
async function runWithCrash(
  stages: readonly Stage[],
  at: number,
  position: 'before' | 'after',
): Promise<number> {
  const ground = createGround();
  const crash = createCrash(at, position);
  const where = `crash ${position} ${at}`;
  for (const stage of stages) {
    const wasDead = crash.isDead();
    await reach(stage, { ground, ...(!wasDead && { between: crash.between }) }, crash.isDead);
    if (!wasDead && crash.isDead()) await reach(stage, { ground }, () => false);
    expectOneRelease(ground, stage, where);
  }
  checkStory(ground, where);
  const told = ground.store.events(0, 10_000).map(({ event }) => event.type);
  expect(
    told.filter((type) => type.endsWith('.rolledback')),
    where,
  ).toHaveLength(1);
  return crash.count();
}

/** Until it is there, or its manager has crashed. */
async function reach(
  { service, runs, state }: Stage,
  options: WorldOptions,
  hasCrashed: () => boolean,
): Promise<void> {
  const isFirst = !hasCrashed();
  const world = startWorld(options);
  if (state === 'Failed') world.prober.answer(found(service).release, failing);
  world.want([service]);
  const { release } = found(runs);
  const expected = Array.from({ length: service.replicas }, () => `running ${release}`);
  await eventually(async () => {
    if (isFirst && hasCrashed()) return;
    expect(await world.states()).toEqual([`echo ${state}`]);
    const live = world.runtime.instances().map((one) => `${one.state} ${one.release}`);
    expect(live).toEqual(expected);
  }, LONG_MS);
  await world.stop().catch(() => {});
}

function expectOneRelease({ memory, router }: Ground, { runs }: Stage, where: string): void {
  const names = memory.world.instances().map(({ name }) => name);
  const seen = router.observe();
  const routes = seen.ok ? seen.routes : [];
  expect(routes, where).toHaveLength(1);
  const [route] = routes;
  expect(route?.targets.map(({ instance }) => instance).toSorted(), where).toEqual(
    names.toSorted(),
  );
  expect(route?.draining, where).toBeUndefined();
  expect(names, where).toHaveLength(runs.replicas);
}
