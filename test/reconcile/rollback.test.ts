import { expect, test } from 'vitest';
import type { Command } from '../../src/control.ts';
import { apply } from '../helpers/apply-in-world.ts';
import { eventually } from '../helpers/eventually.ts';
import { found, wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';

const { rollout } = wanted('echo');
const surge = { rollout: { ...rollout, strategy: 'surge', deadlineMs: 300 } } as const;
const version = (level: string) => wanted('echo', { ...surge, spec: { env: { LEVEL: level } } });
const [one, two, three] = [version('one'), version('two'), version('three')];
const failing = { outcome: 'failed', message: 'answered 500' } as const;

const runs = (world: TestWorld): readonly string[] =>
  world.runtime.instances().map(({ release, state }) => `${state} ${release}`);

async function settlesAt(world: TestWorld, of: typeof one, state: string): Promise<void> {
  await eventually(async () => {
    expect(runs(world)).toEqual([`running ${found(of).release}`]);
    expect(await world.states()).toEqual([`echo ${state}`]);
  });
}

/** A service that went from its first version to its second. */
async function startServing(): Promise<TestWorld> {
  const world = startWorld();
  world.want([one]);
  await settlesAt(world, one, 'Running');
  world.want([two]);
  await settlesAt(world, two, 'Running');
  return world;
}

const back = (to?: string): Command => ({
  kind: 'rollback',
  service: 'echo',
  by: 'ann',
  ...(to !== undefined && { to }),
});

test('a person goes back to the release before, and stays there until the document changes', async () => {
  const world = await startServing();
  await world.control.ask(back());
  await settlesAt(world, one, 'Running');
  const { services } = await world.control.status();
  expect(services[0]?.rollback).toMatchObject({ kind: 'pinned', release: found(one).release });
  expect((await world.control.plan({})).changes).toEqual([]);
  world.want([three]);
  await settlesAt(world, three, 'Running');
  expect(world.store.requests()).toEqual([]);
});

test('what the document asks for is gone back to by its name, and then is pinned no more', async () => {
  const world = await startServing();
  await world.control.ask(back(found(one).release.slice(0, 8)));
  await settlesAt(world, one, 'Running');
  await world.control.ask(back(found(two).release));
  await settlesAt(world, two, 'Running');
  expect(world.store.requests()).toEqual([]);
});

test('whoever names no release that was good is told which there are', async () => {
  const world = await startServing();
  await expect(world.control.ask(back('r1-none'))).rejects.toMatchObject({
    code: 'REFUSED',
    hint: `there is ${found(two).release}, ${found(one).release}`,
  });
  expect(world.store.requests()).toEqual([]);
});

test('a release that fails is given up while the last good one serves, and told with its cause', async () => {
  const world = await startServing();
  world.prober.answer(found(three).release, failing);
  world.want([three]);
  await settlesAt(world, two, 'Failed');
  const given = await world.control.releases('echo');
  expect(given).toMatchObject([
    { release: found(two).release, standing: 'running' },
    { release: found(one).release, standing: 'good' },
    { release: found(three).release, standing: 'given up', cause: expect.stringContaining('500') },
  ]);
  const told = world.store.events(0, 1_000).map(({ event }) => event);
  const data = { release: found(three).release, to: found(two).release };
  expect(told.find(({ type }) => type.endsWith('rolledback'))).toMatchObject({ data });
  const routed = world.router.calls.flatMap((call) => (call.kind === 'route' ? call.route : []));
  expect(routed.at(-1)?.targets).toMatchObject([
    { instance: expect.stringContaining(found(two).release.slice(3, 11)) },
  ]);
});

test('it is not tried again by itself, but for whoever asks for a restart', async () => {
  const world = await startServing();
  world.prober.answer(found(three).release, failing);
  world.want([three]);
  await settlesAt(world, two, 'Failed');
  const steps = world.runtime.calls.length;
  await world.control.wake();
  await settlesAt(world, two, 'Failed');
  expect(world.runtime.calls.slice(steps).filter(({ kind }) => kind === 'perform')).toEqual([]);
  world.prober.answer(found(three).release, undefined);
  await world.control.ask({ kind: 'restart', service: 'echo', by: 'ann' });
  await settlesAt(world, three, 'Running');
});

test('with approval asked for, a document that is taken back to what runs needs no approval after a failed change', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([one]);
  await apply(world);
  world.prober.answer(found(two).release, failing);
  world.want([two]);
  expect(await apply(world)).toMatchObject({ outcome: 'not-verified' });
  await settlesAt(world, one, 'Failed');
  world.want([one]);
  await world.control.wake();
  await settlesAt(world, one, 'Running');
});
