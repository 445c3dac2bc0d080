import { expect, test } from 'vitest';
import { createMemoryLease } from '../../src/adapters/memory/lease.ts';
import { AppError } from '../../src/errors.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld } from '../helpers/world.ts';
import { running } from '../helpers/world-facts.ts';

const TAKEN = new AppError('LEASE_HELD', 'process 7 on elsewhere has it now');

test('a manager that lost its lease begins nothing more, and ends with the name of who has it', async () => {
  const lease = createMemoryLease();
  const world = startWorld({ lease });
  world.want([wanted('a')]);
  await running(world);
  const before = world.runtime.calls.length;
  lease.lose(TAKEN);
  world.want([wanted('a'), wanted('b')]);
  await expect(world.ended).rejects.toBe(TAKEN);
  expect(world.runtime.calls.slice(before).filter(({ kind }) => kind === 'perform')).toEqual([]);
});

test('a step for which the lease is not confirmed is not done, and no release is blamed for it', async () => {
  const lease = createMemoryLease();
  let answers = false;
  const confirm = async (): Promise<void> => {
    if (!answers) throw new AppError('ENGINE_UNAVAILABLE', 'the engine does not answer');
  };
  const world = startWorld({ lease: { ...lease, confirm }, resyncMs: 50 });
  world.want([wanted('a')]);
  await eventually(async () => {
    const [status] = (await world.control.status()).services;
    expect(status?.cause).toContain('the engine does not answer');
  });
  expect(world.runtime.calls.filter(({ kind }) => kind === 'perform')).toEqual([]);
  answers = true;
  await running(world);
});
