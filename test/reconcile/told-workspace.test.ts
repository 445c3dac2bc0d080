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

/** Until these were told of the service, and all that was told of it was told for its workspace. */
function tells(world: TestWorld, types: readonly string[]): Promise<void> {
  return eventually(() => {
    const events = world.store.events(0, 10_000).map(({ event }) => event);
    const own = events.filter(({ subject }) => subject === 'echo');
    const told = own.map(({ type }) => type.slice('io.mcpmanager.'.length));
    expect(told).toEqual(expect.arrayContaining([...types]));
    expect(own.filter(({ workspace }) => workspace !== 'w1')).toEqual([]);
    const others = events.filter(({ subject }) => subject !== 'echo');
    expect(others.filter(({ workspace }) => workspace !== undefined)).toEqual([]);
  });
}

test('what becomes of a new version is told for the workspace of its service', async () => {
  const world = await start();
  world.prober.answer('echo', sending);
  const place = { file: 'echo.yaml', line: 1, column: 1 };
  const problem = { ...place, code: 'KEY_UNKNOWN', message: 'no', service: 'echo' };
  world.want([echo('two'), wanted('other')], { problems: [problem] });
  await tells(world, ['service.verified', 'service.routed', 'tools.changed', 'problem.found']);
  world.prober.answer(found(echo('bad')).release, { outcome: 'failed', message: 'answered 500' });
  world.want([echo('bad'), wanted('other')]);
  await tells(world, ['service.rolledback', 'service.failed']);
});

test('a crash, and that it is over, is told for the workspace of its service', async () => {
  const world = await start();
  const instance = world.runtime.instances().find(({ service }) => service === 'echo');
  world.runtime.exit(instance?.name ?? '');
  await tells(world, ['service.failed', 'drift.detected', 'drift.healed']);
});

test('an update is told for the workspace of its service', async () => {
  const { world } = startWithRegistry();
  world.want([fromImage('echo', { platform })]);
  await running(world);
  await update(world, 'echo');
  await tells(world, ['service.updated']);
});

test('the steps by which a service goes are recorded for the workspace that it had', async () => {
  const world = await start();
  world.want([wanted('other')]);
  await tells(world, ['step.started', 'step.completed', 'service.stopped', 'service.removed']);
  const steps = world.store.journal({ service: 'echo', limit: 100 });
  expect(steps.map(({ kind }) => kind)).toContain('remove');
  expect(world.store.journal({ workspace: 'w1', limit: 100 })).toEqual(steps);
});
