import { expect, test } from 'vitest';
import type { RuntimeStep } from '../../src/model/plan.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { apply } from '../helpers/apply-in-world.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted, type WantedOverrides } from '../helpers/services.ts';
import { createGround, startWorld, type TestWorld } from '../helpers/world.ts';
import { running, types } from '../helpers/world-facts.ts';

const data = [{ source: 'data', destination: '/data', readOnly: false }];

/** A service that takes over the container that `startAdopted` runs. */
function adopting(overrides: WantedOverrides = {}): DesiredService {
  return wanted('echo', {
    adopt: 'theirs',
    ...overrides,
    spec: { volumes: data, ...overrides.spec },
  });
}

async function startAdopted(options: Parameters<typeof startWorld>[0] = {}): Promise<TestWorld> {
  const world = startWorld(options);
  world.runtime.addForeign({ id: 'theirs', name: 'old-echo' });
  world.want([adopting()]);
  await running(world);
  return world;
}

/** What was done in the runtime so far, as `adopt mcp-echo-…`. */
function steps({ runtime }: TestWorld): readonly RuntimeStep['kind'][] {
  return runtime.calls.flatMap((call) => (call.kind === 'perform' ? [call.step.kind] : []));
}

function nameOfTheirs({ runtime }: TestWorld): string | undefined {
  return runtime.names().find((name) => runtime.instance(name)?.id === 'theirs');
}

test('a container that a document adopts serves under its new name, without a restart', async () => {
  const world = await startAdopted();
  expect(steps(world)).toEqual(['adopt']);
  expect(nameOfTheirs(world)).toMatch(/^mcp-echo-[0-9a-f]{8}-1$/);
  const routes = world.router.observe();
  expect(routes).toMatchObject({ routes: [{ targets: [{ instance: nameOfTheirs(world) }] }] });
  await world.control.wake();
  const { changes, drift } = await world.control.plan({});
  expect({ changes, drift }).toEqual({ changes: [], drift: [] });
});

test('its manager can be restarted and lose its store: the container is known again', async () => {
  const first = await startAdopted();
  await first.stop();
  const ground = { ...createGround(), memory: first.ground.memory };
  const next = startWorld({ ground });
  next.want([adopting()]);
  await running(next);
  expect(steps(next)).toEqual(['adopt']);
});

test('an edited document brings a container of our own, and the adopted one goes', async () => {
  const world = await startAdopted();
  world.want([adopting({ spec: { path: '/other' } })]);
  await eventually(() => expect(nameOfTheirs(world)).toBeUndefined());
  await running(world);
  expect(steps(world)).toEqual(['adopt', 'create', 'stop', 'start', 'remove']);
});

test('a document that does not adopt it any more brings one too, also when both were seen only once', async () => {
  const world = await startAdopted();
  const { adopt: _adopt, ...own } = adopting();
  world.want([own]);
  await eventually(() => expect(nameOfTheirs(world)).toBeUndefined());
  await running(world);
  expect(world.runtime.instances()).toHaveLength(1);
});

test('renamed by hand it blocks its service, and named back it serves again', async () => {
  const world = await startAdopted();
  const name = nameOfTheirs(world) ?? '';
  world.runtime.rename(name, 'mine');
  await eventually(async () => expect(await world.states()).toEqual(['echo Blocked']));
  expect(await world.control.status()).toMatchObject({ leftAlone: [{ name: 'mine' }] });
  expect(world.runtime.names()).toEqual(['mine']);
  world.runtime.rename('mine', name);
  await running(world);
  expect(steps(world)).toEqual(['adopt']);
  expect(types(world)).toEqual(expect.arrayContaining(['drift.detected', 'drift.healed']));
});

test('it crashes and is started again like any other', async () => {
  const world = await startAdopted();
  world.runtime.exit(nameOfTheirs(world) ?? '');
  await eventually(() => expect(steps(world)).toEqual(['adopt', 'start']));
  await running(world);
});

test('forgotten it runs on under another name, and nothing is remembered of it', async () => {
  const world = await startAdopted();
  await world.control.ask({ kind: 'forget', service: 'echo', by: 'test' });
  world.want([]);
  await eventually(async () => expect(await world.states()).toEqual([]));
  await world.control.wake();
  await eventually(() => expect(world.store.histories().size).toBe(0));
  const left = nameOfTheirs(world) ?? '';
  expect(left).toMatch(/^mcp-echo-[0-9a-f]{8}-1-forgotten-theirs$/);
  expect(world.runtime.instance(left)?.state).toBe('running');
  await eventually(() => expect(world.store.requests()).toEqual([]));
});

test('it goes with its document, also when that was approved before', async () => {
  const stays = wanted('stays', { power: 'off' });
  const first = startWorld();
  first.runtime.addForeign({ id: 'theirs', name: 'old-echo' });
  first.want([adopting(), stays]);
  const both = ['echo Running', 'stays Stopped'];
  await eventually(async () => expect(await first.states()).toEqual(both));
  await first.stop();
  const next = startWorld({ mode: 'approve', ground: first.ground });
  next.want([stays]);
  await eventually(async () => expect(await next.states()).toEqual(both));
  await apply(next);
  await eventually(() => expect(next.runtime.names()).toEqual([]));
});

test('an import waits for approval where changes do, and the container is not touched before', async () => {
  const world = startWorld({ mode: 'approve' });
  world.runtime.addForeign({ id: 'theirs', name: 'old-echo' });
  world.want([adopting()]);
  await eventually(async () => expect(await world.states()).toEqual(['echo Pending']));
  expect(world.runtime.names()).toEqual(['old-echo']);
  expect(world.prober.checks).toEqual([]);
  const { changes } = await world.control.plan({});
  expect(changes).toMatchObject([{ change: { actions: ['import'] } }]);
  expect(await apply(world)).toMatchObject({ outcome: 'converged' });
  expect(steps(world)).toEqual(['adopt']);
});

test('a container that another manager owns is not taken over', async () => {
  const world = startWorld();
  world.runtime.addForeign({ id: 'theirs', name: 'old-echo', owner: 'somebody' });
  world.want([adopting()]);
  await running(world);
  expect(world.runtime.names()).toContain('old-echo');
  expect(steps(world)).toEqual(['create', 'start']);
});
