import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { apply } from '../helpers/apply-in-world.ts';
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
  updated,
} from '../helpers/registry-world.ts';
import { wanted } from '../helpers/services.ts';
import { createGround, startWorld } from '../helpers/world.ts';
import { running } from '../helpers/world-facts.ts';

test('an image is pulled before anything is made of it, and before what runs is stopped', async () => {
  const { world } = startWithRegistry();
  world.want([fromImage('echo')]);
  await running(world);
  world.want([fromImage('echo', { slug: 'other' })]);
  await running(world);
  world.want([wanted('echo', { spec: { image: TAG, env: { LEVEL: 'debug' } } })]);
  await eventually(() => expect(steps(world).at(-1)).toBe('remove'));
  expect(steps(world)).toEqual([
    'pull',
    'create',
    'start',
    'pull',
    'create',
    'stop',
    'start',
    'remove',
  ]);
});

test('an image that cannot be pulled stops nobody, and is asked for again', async () => {
  const { world } = startWithRegistry();
  world.want([fromImage('echo'), wanted('other')]);
  await running(world);
  const error = new AppError('REGISTRY_UNAVAILABLE', 'the registry does not answer');
  world.runtime.addFault({ error, when: 'before', step: 'pull' });
  world.want([wanted('echo', { spec: { image: TAG, path: '/next' } }), wanted('other')]);
  await eventually(async () => {
    const [echo] = (await world.control.status()).services;
    expect(echo).toMatchObject({ state: 'Updating' });
    expect(echo?.cause).toContain('REGISTRY_UNAVAILABLE the registry does not answer');
  });
  expect(world.runtime.instances()).toMatchObject([{ state: 'running' }, { state: 'running' }]);
});

test('an image that nobody has waits for new input, and a wish to restart is some', async () => {
  const { world } = startWithRegistry();
  world.runtime.publish(TAG, undefined);
  world.want([fromImage('echo')]);
  await eventually(async () => expect(await world.states()).toEqual(['echo Failed']));
  world.runtime.publish(TAG, OLD);
  await looked(world);
  expect(await world.states()).toEqual(['echo Failed']);
  await world.control.ask({ kind: 'restart', service: 'echo', by: 'ann' });
  await running(world);
});

test('an image that may only lie there is never asked for elsewhere', async () => {
  const { world } = startWithRegistry();
  world.want([fromImage('echo', { pull: 'never' })]);
  await eventually(async () => expect(await world.states()).toEqual(['echo Failed']));
  world.runtime.tag(TAG, NEW);
  await update(world, 'echo');
  await running(world);
  expect(images(world)).toEqual([`echo ${NEW.id}`]);
});

test('an update rolls to what the tag means now, shows both images, and moves nobody else', async () => {
  const { world } = startWithRegistry('approve');
  world.want([fromImage('echo'), fromImage('twin')]);
  await apply(world);
  world.runtime.publish(TAG, NEW);
  await update(world, 'echo');
  await eventually(() => expect(updated(world)).toEqual([`echo: ${TAG} is up to date: ${NEW.id}`]));
  expect(new Set(images(world))).toEqual(new Set([`twin ${OLD.id}`, `echo ${NEW.id}`]));
  expect(await world.states()).toEqual(['echo Running', 'twin Running']);
  const { changes } = await world.control.plan({});
  expect(changes).toEqual([]);
  const plans = world.store
    .events(0, 10_000)
    .flatMap(({ event }) => (event.type === 'io.mcpmanager.plan.created' ? [event.data] : []));
  expect(plans.at(-1)).toMatchObject({
    changes: [{ service: 'echo', cause: `image moves from ${OLD.id} to ${NEW.id}` }],
  });
});

test('an update whose image did not move touches nothing, and says so', async () => {
  const { world } = startWithRegistry();
  world.want([fromImage('echo')]);
  await running(world);
  const before = world.runtime.instances();
  await update(world, 'echo');
  await eventually(() => expect(updated(world)).toEqual([`echo: ${TAG} is up to date: ${OLD.id}`]));
  expect(world.runtime.instances()).toEqual(before);
  expect(world.store.requests()).toEqual([]);
});

test('a plan shows the old and the new image of an update that is still to be rolled out', async () => {
  const { world } = startWithRegistry();
  world.want([fromImage('echo')]);
  await running(world);
  world.runtime.publish(TAG, NEW);
  const error = new AppError('RUNTIME_UNAVAILABLE', 'not now');
  world.runtime.addFault({ error, when: 'before', step: 'create', times: 99 });
  await update(world, 'echo');
  await eventually(async () => {
    const { changes } = await world.control.plan({});
    expect(changes).toMatchObject([
      {
        change: {
          actions: ['delete', 'create'],
          before: { imageId: OLD.id, imageDigest: OLD.digest },
          after: { imageId: NEW.id, imageDigest: NEW.digest },
        },
        actionReason: 'replace_by_request',
      },
    ]);
  });
});

test('an update goes on where a manager that ended left it', async () => {
  const ground = createGround();
  const { world: memory } = ground.memory;
  memory.publish(TAG, OLD);
  const first = startWorld({ ground });
  first.want([fromImage('echo')]);
  await running(first);
  memory.publish(TAG, NEW);
  const error = new AppError('RUNTIME_UNAVAILABLE', 'not now');
  memory.addFault({ error, when: 'before', step: 'create', times: 1 });
  await update(first, 'echo');
  await eventually(() => expect(steps(first).slice(3)).toContain('create'));
  await first.stop();
  const second = startWorld({ ground });
  second.want([fromImage('echo')]);
  await eventually(() => expect(images(second)).toEqual([`echo ${NEW.id}`]));
  await running(second);
});

test('who always wants the newest gets it by itself within ten minutes, and not sooner', async () => {
  const { world, pass } = startWithRegistry();
  world.want([fromImage('echo', { pull: 'always' }), fromImage('twin')]);
  await running(world);
  world.runtime.publish(TAG, NEW);
  await looked(world);
  expect(steps(world).filter((kind) => kind === 'pull')).toHaveLength(2);
  pass(LOOK_MS);
  await world.control.wake();
  await eventually(() =>
    expect(new Set(images(world))).toEqual(new Set([`twin ${OLD.id}`, `echo ${NEW.id}`])),
  );
  await running(world);
  expect(world.store.requests()).toEqual([]);
});

test('with nothing to do, who always wants the newest costs no call more than others', async () => {
  const { world } = startWithRegistry();
  world.want([fromImage('echo', { pull: 'always' })]);
  await running(world);
  await looked(world);
  const [calls, events] = [world.runtime.calls.length, world.store.lastNumber()];
  await looked(world);
  expect(world.runtime.calls.slice(calls)).toMatchObject([{ kind: 'observe' }]);
  expect(world.store.lastNumber()).toBe(events);
});

test('a registry that is down ails nobody who runs, and is told', async () => {
  const { world, pass } = startWithRegistry();
  world.want([fromImage('echo', { pull: 'always' })]);
  await running(world);
  const error = new AppError('REGISTRY_UNAVAILABLE', 'the registry does not answer');
  world.runtime.addFault({ error, when: 'before', step: 'pull' });
  pass(LOOK_MS);
  await world.control.wake();
  await eventually(async () => {
    const [echo] = (await world.control.status()).services;
    expect(echo).toMatchObject({ state: 'Running' });
    expect(echo?.cause).toContain('its image could not be looked for: REGISTRY_UNAVAILABLE');
  });
  pass(LOOK_MS);
  await world.control.wake();
  await eventually(async () => {
    expect((await world.control.status()).services).toMatchObject([{ cause: '' }]);
  });
});

test('what was untagged while it runs is no drift', async () => {
  const { world } = startWithRegistry();
  world.want([fromImage('echo')]);
  await running(world);
  const before = world.runtime.instances();
  world.runtime.tag(TAG, undefined);
  const { changes, drift } = await world.control.plan({});
  expect([changes, drift]).toEqual([[], []]);
  expect(world.runtime.instances()).toEqual(before);
});
