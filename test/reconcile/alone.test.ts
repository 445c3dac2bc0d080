import { expect, test } from 'vitest';
import { createMemoryLease } from '../../src/adapters/memory/lease.ts';
import { AppError } from '../../src/errors.ts';
import { apply } from '../helpers/apply-in-world.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { createGround, startWorld, type TestWorld } from '../helpers/world.ts';

const DEBUG = { spec: { env: { LEVEL: 'debug' } } };

/** `kind instance` of all that was done to the runtime. */
const done = (world: TestWorld): readonly string[] =>
  world.runtime.calls.flatMap((call) =>
    call.kind === 'perform' ? [`${call.step.kind} ${serviceOf(call.step)}`] : [],
  );

const serviceOf = (step: object): string =>
  'target' in step ? String(Object(step.target).name).replace(/^mcp-(.*)-[^-]+-\d+$/, '$1') : '';

test('without a manager a plan is carried out to its end: verified, routed and told', async () => {
  const world = startWorld({ mode: 'alone' });
  world.want([wanted('a'), wanted('b')]);
  const plan = await world.control.plan({});
  expect(await apply(world, { plan })).toMatchObject({
    outcome: 'converged',
    services: [
      { name: 'a', state: 'Running' },
      { name: 'b', state: 'Running' },
    ],
  });
  expect(world.router.observe()).toMatchObject({ routes: [{ slug: 'a' }, { slug: 'b' }] });
});

test('without a manager nothing is touched that the plan does not hold, however ill it is', async () => {
  const ground = createGround();
  const before = startWorld({ ground });
  before.want([wanted('ill'), wanted('gone'), wanted('changed'), wanted('other')]);
  await eventually(async () =>
    expect(new Set(await before.states())).toEqual(
      new Set(['changed Running', 'gone Running', 'ill Running', 'other Running']),
    ),
  );
  await before.stop();
  const world = startWorld({ mode: 'alone', ground });
  world.want([wanted('ill'), wanted('changed', DEBUG), wanted('other', DEBUG)]);
  const plan = await world.control.plan({ names: ['changed'] });
  const [ill] = world.runtime.instances().filter(({ service }) => service === 'ill');
  world.runtime.exit(ill?.name ?? '');
  const already = done(world).length;
  expect(await apply(world, { plan })).toMatchObject({ outcome: 'converged' });
  expect(
    new Set(
      done(world)
        .slice(already)
        .map((line) => line.split(' ')[1]),
    ),
  ).toEqual(new Set(['changed']));
});

test('without a manager a stale plan is refused before anything is done', async () => {
  const world = startWorld({ mode: 'alone' });
  world.want([wanted('a'), wanted('b')]);
  const plan = await world.control.plan({});
  world.want([wanted('a'), wanted('b', DEBUG)]);
  expect(await apply(world, { plan })).toMatchObject({
    outcome: 'stale',
    stale: [{ service: 'b' }],
  });
  expect(done(world)).toEqual([]);
  expect(world.store.histories().size).toBe(0);
});

test('without a manager a step that the plan does not hold ends the apply, not its deadline', async () => {
  const world = startWorld({ mode: 'alone' });
  world.prober.answer('a', { outcome: 'failed', message: 'not yet' });
  world.want([wanted('a')]);
  const plan = await world.control.plan({});
  const applying = apply(world, { plan });
  await eventually(() => expect(done(world)).toContain('start a'));
  const crashedMs = performance.now();
  world.runtime.exit(world.runtime.instances()[0]?.name ?? '');
  expect(await applying).toMatchObject({
    outcome: 'not-verified',
    services: [{ name: 'a', cause: expect.stringContaining('crashed') }],
  });
  expect(performance.now() - crashedMs).toBeLessThan(5_000);
  expect(done(world).filter((line) => line === 'start a')).toHaveLength(1);
});

test('without a manager a step that failed is tried again while there is time', async () => {
  const world = startWorld({ mode: 'alone' });
  const error = new AppError('PROGRAM_FAILED', 'no luck');
  world.runtime.addFault({ error, when: 'before', step: 'start' });
  world.want([wanted('a')]);
  const plan = await world.control.plan({});
  expect(await apply(world, { plan })).toMatchObject({ outcome: 'converged' });
});

test('without a manager a service that left the documents goes, and nothing else', async () => {
  const ground = createGround();
  const before = startWorld({ ground });
  before.want([wanted('a'), wanted('b')]);
  await eventually(async () => expect(await before.states()).toEqual(['a Running', 'b Running']));
  await before.stop();
  const world = startWorld({ mode: 'alone', ground });
  world.want([wanted('a')]);
  const plan = await world.control.plan({});
  expect(await apply(world, { plan })).toMatchObject({ outcome: 'converged' });
  expect(world.runtime.instances().map(({ service }) => service)).toEqual(['a']);
});

test('without a manager an apply whose lease somebody else took ends with his name', async () => {
  const lease = createMemoryLease();
  const world = startWorld({ mode: 'alone', lease });
  world.prober.answer('a', { outcome: 'failed', message: 'not yet' });
  world.want([wanted('a')]);
  const plan = await world.control.plan({});
  const applying = apply(world, { plan });
  applying.catch(() => undefined);
  await eventually(() => expect(done(world)).toContain('start a'));
  lease.lose(new AppError('LEASE_HELD', 'process 7 has it now'));
  await expect(applying).rejects.toMatchObject({ code: 'LEASE_HELD' });
});
