import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ApiControl } from '../../src/api-control.ts';
import { apply } from '../helpers/apply-in-world.ts';
import { countTurns } from '../helpers/count-turns.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';

const NAMES = Array.from({ length: 120 }, (_, index) => `service-${String(index)}`);
const BY = { by: 'test' } as const;

/** Where the runtime was looked at meanwhile; undefined: everywhere. */
async function looksOf(world: TestWorld, work: () => Promise<unknown>) {
  const before = world.runtime.calls.length;
  await work();
  return world.runtime.calls
    .slice(before)
    .flatMap((call) => (call.kind === 'observe' ? [call.names && [...call.names]] : []));
}

/** Several services run, without a manager that would look by itself; one of them has drifted. */
async function startDrifted(): Promise<TestWorld> {
  const world = startWorld({ mode: 'alone' });
  world.want([wanted('a'), wanted('b'), wanted('c')]);
  await apply(world);
  const b = world.runtime.instances().find(({ service }) => service === 'b');
  const drift = [{ path: 'resources.memoryBytes', expected: '256', actual: '512' }];
  world.runtime.edit(b?.name ?? '', { drift });
  return world;
}

test('what differs of one service is what the plan of all says of it', async () => {
  const world = await startDrifted();
  const { drift } = await world.control.plan({});
  expect(drift).toMatchObject([{ service: 'b', actual: '512' }]);
  expect(await world.control.drift('b')).toEqual(drift);
  expect(await world.control.drift('a')).toEqual([]);
  await expect(world.control.drift('nobody')).rejects.toMatchObject({
    code: 'SERVICE_UNKNOWN',
    hint: 'there are a, b, c',
  });
});

test.each<[string, (control: ApiControl) => Promise<unknown>]>([
  ['its drift', (control) => control.drift('b')],
  ['its releases', (control) => control.releases('b')],
  ['its tools', (control) => control.tools('b')],
  ['a restart of it', (control) => control.ask({ kind: 'restart', service: 'b', ...BY })],
  ['its removal', (control) => control.ask({ kind: 'remove', service: 'b', volumes: true, ...BY })],
])('who asks for %s makes nobody look at other services', async (_what, ask) => {
  const world = await startDrifted();
  expect(await looksOf(world, () => ask(world.control))).toEqual([['b']]);
});

test('a service that no document names is looked at with all others, which its removal hangs on', async () => {
  const world = await startDrifted();
  world.want([wanted('a'), wanted('c')]);
  expect(await looksOf(world, () => world.control.drift('b'))).toEqual([undefined]);
  expect(await world.control.releases('b')).toMatchObject([{ standing: 'good' }]);
});

test('others get their turn while the whole fleet is planned for', async () => {
  const world = startWorld({ mode: 'alone' });
  world.want(NAMES.map((name) => wanted(name)));
  const { turns, result } = await countTurns(() => world.control.plan({}));
  expect(result.changes).toHaveLength(NAMES.length);
  expect(turns).toBeGreaterThanOrEqual(3);
  const status = await countTurns(() => world.control.status());
  expect(status.result.services).toHaveLength(NAMES.length);
  expect(status.turns).toBeGreaterThanOrEqual(2);
});

test('a plan is of one moment, whatever changes while it is made', async () => {
  const world = startWorld({ mode: 'alone' });
  world.want(NAMES.map((name) => wanted(name)));
  const planning = world.control.plan({});
  await nextTurn();
  world.want([]);
  expect(await planning).toMatchObject({ summary: { create: NAMES.length } });
});

test('plans are made one after the other, and no more than sixteen wait', async () => {
  const world = startWorld({ mode: 'alone' });
  world.want(NAMES.map((name) => wanted(name)));
  const asked = Array.from({ length: 20 }, () => world.control.plan({}));
  const answers = await Promise.allSettled(asked);
  const refused = answers.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(3);
  for (const answer of refused)
    expect(answer).toMatchObject({ reason: { code: 'TOO_MANY_PLANS' } });
  expect((await world.control.plan({})).changes).toHaveLength(NAMES.length);
});

test('a saved plan is applied without waiting for plans that others make', async () => {
  const world = startWorld({ mode: 'approve' });
  world.want([wanted('a')]);
  const plan = await world.control.plan({});
  const asked = Array.from({ length: 17 }, () => world.control.plan({}));
  expect(await apply(world, { plan })).toMatchObject({ outcome: 'converged' });
  await Promise.all(asked);
});
