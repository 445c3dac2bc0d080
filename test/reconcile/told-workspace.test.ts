import { expect, test } from 'vitest';
import { withTools } from '../../src/adapters/memory/prober.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { eventually } from '../helpers/eventually.ts';
import { fromImage, startWithRegistry, update } from '../helpers/registry-world.ts';
import { found, wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';
import { running } from '../helpers/world-facts.ts';

const platform = { workspaceId: 'w1' };
const rollout = { ...wanted('echo').rollout, strategy: 'surge', deadlineMs: 300 } as const;
const saying = withTools([{ name: 'say', inputSchema: { type: 'object' } }]);
const sending = withTools([{ name: 'send', inputSchema: { type: 'object' } }]);

/** A version of a service that is of a workspace. */
function echo(level: string): DesiredService {
  return wanted('echo', { platform, rollout, spec: { env: { LEVEL: level } } });
}

/** A manager that runs that service, and one of no workspace. */
async function start(): Promise<TestWorld> {
  const world = startWorld();
  world.prober.answer('echo', saying);
  world.want([echo('one'), wanted('other')]);
  await running(world);
  return world;
}

/** Once these were told of the service: the workspaces for which anything was told of it. */
function toldFor(world: TestWorld, types: readonly string[]): Promise<readonly unknown[]> {
  return eventually(() => {
    const events = world.store.events(0, 10_000).map(({ event }) => event);
    const own = events.filter(({ subject }) => subject === 'echo');
    const told = own.map(({ type }) => type.slice('io.mcpmanager.'.length));
    expect(told).toEqual(expect.arrayContaining([...types]));
    return [...new Set(own.map(({ workspace }) => workspace))];
  });
}

test('what becomes of a new version is told for the workspace of its service', async () => {
  const world = await start();
  world.prober.answer('echo', sending);
  const place = { file: 'echo.yaml', line: 1, column: 1 };
  const problem = { ...place, code: 'KEY_UNKNOWN', message: 'no', service: 'echo' };
  world.want([echo('two'), wanted('other')], { problems: [problem] });
  expect(
    await toldFor(world, ['service.verified', 'service.routed', 'tools.changed', 'problem.found']),
  ).toEqual(['w1']);
  world.prober.answer(found(echo('bad')).release, { outcome: 'failed', message: 'answered 500' });
  world.want([echo('bad'), wanted('other')]);
  expect(await toldFor(world, ['service.rolledback', 'service.failed'])).toEqual(['w1']);
});

test('a crash, and that it is over, is told for the workspace of its service', async () => {
  const world = await start();
  const instance = world.runtime.instances().find(({ service }) => service === 'echo');
  world.runtime.exit(instance?.name ?? '');
  expect(await toldFor(world, ['service.failed', 'drift.detected', 'drift.healed'])).toEqual([
    'w1',
  ]);
});

test('an update is told for the workspace of its service', async () => {
  const { world } = startWithRegistry();
  world.want([fromImage('echo', { platform })]);
  await running(world);
  await update(world, 'echo');
  expect(await toldFor(world, ['service.updated'])).toEqual(['w1']);
});

test('the steps by which a service goes are recorded for the workspace that it had', async () => {
  const world = await start();
  world.want([wanted('other')]);
  expect(
    await toldFor(world, ['step.started', 'step.completed', 'service.stopped', 'service.removed']),
  ).toEqual(['w1']);
  const steps = world.store.journal({ service: 'echo', limit: 100 });
  expect(steps.map(({ kind }) => kind)).toContain('remove');
  expect(world.store.journal({ workspace: 'w1', limit: 100 })).toEqual(steps);
  const others = world.store.events(0, 10_000).filter(({ event }) => event.subject === 'other');
  expect(new Set(others.map(({ event }) => event.workspace))).toEqual(new Set([undefined]));
});
