import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { contained, createFleet } from '../../helpers/fleet.ts';
import { createWorkplace } from '../../helpers/manager.ts';
import { onTestFinished } from 'vitest';

const TWO = { one: contained(), two: contained() };
const RUNNING = { one: 'Running', two: 'Running' };

test('a store that is deleted while the manager is stopped costs no container and no restart', async () => {
  const fleet = await createFleet();
  fleet.declare('fleet.yaml', TWO);
  const manager = await fleet.run();
  await manager.until(RUNNING, 60_000);
  const before = await fleet.startedAt();
  await manager.end();
  for (const file of ['state.db', 'state.db-shm', 'state.db-wal']) {
    rmSync(join(fleet.stateFolder, file), { force: true });
  }
  const next = await fleet.run();
  await next.until(RUNNING, 30_000);
  expect(await fleet.startedAt()).toBe(before);
  // What was ours before is still ours: it goes when its document goes.
  fleet.declare('fleet.yaml', { one: contained() });
  await eventually(async () => expect(await fleet.containers()).toHaveLength(1), 30_000);
});

test('a store that is deleted under a running manager is told, and the services run on', async () => {
  const fleet = await createFleet();
  fleet.declare('fleet.yaml', TWO);
  const manager = await fleet.run();
  await manager.until(RUNNING, 60_000);
  const before = await fleet.startedAt();
  rmSync(join(fleet.stateFolder, 'state.db'));
  await manager.end();
  const next = await fleet.run();
  await next.until(RUNNING, 30_000);
  expect(await fleet.startedAt()).toBe(before);
});

test('a documents folder that was moved takes its services along; one that is missing removes nothing', async () => {
  const fleet = await createFleet();
  fleet.declare('fleet.yaml', TWO);
  const manager = await fleet.run();
  await manager.until(RUNNING, 60_000);
  const before = await fleet.startedAt();
  const moved = join(fleet.folder, 'elsewhere');
  renameSync(join(fleet.folder, 'desired'), moved);
  await eventually(async () => {
    expect((await fleet.cli('status')).stdout).toMatch(/Frozen|cannot be read|missing/);
  }, 30_000);
  await manager.end();
  expect(await fleet.containers('running')).toHaveLength(2);
  const next = await fleet.run('--desired', moved);
  await next.until(RUNNING, 30_000);
  expect(await fleet.startedAt()).toBe(before);
});

test('two managers with different ids on one engine leave each other alone, with the same services', async () => {
  const fleet = await createFleet();
  const other = createWorkplace(onTestFinished, {
    runtime: 'podman',
    environment: { CONTAINER_HOST: `unix://${fleet.engine.socket}` },
  });
  fleet.declare('fleet.yaml', TWO);
  other.declare('fleet.yaml', TWO);
  const [mine, theirs] = [await fleet.run(), await other.run()];
  await mine.until(RUNNING, 60_000);
  await theirs.until(RUNNING, 60_000);
  const names = await fleet.engine.podman('ps', '--format', '{{.Names}}');
  expect(names.split('\n')).toHaveLength(4);
  expect((await other.cli('plan')).stdout).toContain('No changes');
  expect((await other.cli('remove', 'one', '--yes')).code).toBe(0);
  await eventually(async () => {
    const left = await fleet.engine.podman('ps', '--all', '--format', '{{.Names}}');
    expect(left.split('\n')).toHaveLength(3);
  }, 30_000);
  await mine.until(RUNNING);
  expect(await fleet.containers('running')).toHaveLength(2);
});
