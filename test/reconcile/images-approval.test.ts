import { expect, test } from 'vitest';
import { apply } from '../helpers/apply-in-world.ts';
import { running } from '../helpers/world-facts.ts';
import { startWorld } from '../helpers/world.ts';
import { eventually } from '../helpers/eventually.ts';
import {
  fromImage,
  images,
  LOOK_MS,
  looked,
  NEW,
  OLD,
  startWithRegistry,
  steps,
  TAG,
  update,
} from '../helpers/registry-world.ts';

test('with approval asked for, a moved tag waits until it is applied', async () => {
  const { world, pass } = startWithRegistry('approve');
  world.want([fromImage('echo', { pull: 'always' })]);
  await apply(world);
  world.runtime.publish(TAG, NEW);
  pass(LOOK_MS);
  await world.control.wake();
  await eventually(async () => {
    const [echo] = (await world.control.status()).services;
    expect(echo?.cause).toBe(
      `a change waits for \`mcp-manager apply\`: image moves from ${OLD.id} to ${NEW.id}`,
    );
  });
  expect(images(world)).toEqual([`echo ${OLD.id}`]);
  expect(await apply(world)).toMatchObject({ outcome: 'converged' });
  await eventually(() => expect(images(world)).toEqual([`echo ${NEW.id}`]));
  expect(steps(world).filter((kind) => kind === 'pull')).toHaveLength(2);
});

test('with approval asked for, a lost instance comes back as it was, though its tag moved', async () => {
  const { world, pass } = startWithRegistry('approve');
  world.want([fromImage('echo', { pull: 'always' })]);
  await apply(world);
  world.runtime.publish(TAG, NEW);
  pass(LOOK_MS);
  await world.control.wake();
  await eventually(() => expect(steps(world)).toEqual(['pull', 'create', 'start', 'pull']));
  world.runtime.delete(world.runtime.instances()[0]?.name ?? '');
  await eventually(() => expect(images(world)).toEqual([`echo ${OLD.id}`]));
});

test('a plan that was saved before its image moved is refused', async () => {
  const { world, pass } = startWithRegistry('approve');
  world.want([fromImage('echo', { pull: 'always' })]);
  await apply(world);
  world.want([fromImage('echo', { pull: 'always', slug: 'other' })]);
  const plan = await world.control.plan({});
  world.runtime.publish(TAG, NEW);
  pass(LOOK_MS);
  await world.control.wake();
  await eventually(() => expect(steps(world).at(-1)).toBe('pull'));
  await looked(world);
  expect(await apply(world, { plan })).toMatchObject({
    outcome: 'stale',
    stale: [{ service: 'echo', moved: `${TAG} moved from ${OLD.id} to ${NEW.id}` }],
  });
});

test('without a manager an update is carried out to its end, for the service that was named', async () => {
  const before = startWithRegistry();
  before.world.want([fromImage('echo'), fromImage('twin')]);
  await running(before.world);
  await before.world.stop();
  const { ground } = before.world;
  const world = startWorld({ mode: 'alone', ground });
  world.want([fromImage('echo'), fromImage('twin')]);
  world.runtime.publish(TAG, NEW);
  await update(world, 'echo');
  expect(await apply(world, { names: ['echo'] })).toMatchObject({ outcome: 'converged' });
  expect(new Set(images(world))).toEqual(new Set([`twin ${OLD.id}`, `echo ${NEW.id}`]));
  expect((await world.control.plan({})).changes).toEqual([]);
});
