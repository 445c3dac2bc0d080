import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld } from '../helpers/world.ts';
import { running, types } from '../helpers/world-facts.ts';
import { holdRestarts } from '../helpers/world-faults.ts';

test('while a runtime is silent its checks go on to hold, and what ailed does not count as healed', async () => {
  const world = startWorld();
  world.want([wanted('a'), wanted('b')]);
  await running(world);
  const error = new AppError('PROGRAM_FAILED', 'no luck');
  world.runtime.addFault({ error, when: 'before', step: 'start', times: 1_000 });
  world.runtime.exit(world.runtime.instances().find(({ service }) => service === 'b')?.name ?? '');
  await eventually(() => expect(types(world)).toContain('step.failed'));

  world.runtime.setOutage('the socket is gone');
  await world.control.wake();
  await eventually(async () => expect(await world.states()).toEqual(['a Frozen', 'b Frozen']));
  world.runtime.setOutage(undefined);
  await world.control.wake();
  await eventually(async () => expect(await world.states()).toContain('a Running'));
  expect(types(world)).not.toContain('drift.healed');
  const verified = world.prober.checks.filter(({ service }) => service === 'a');
  expect(verified).toEqual([{ kind: 'verify', service: 'a' }]);
});

test('a crash counts as healed when the service runs again, not while its steps are under way', async () => {
  const held = holdRestarts();
  const world = startWorld({ between: held.between });
  world.want([wanted('a')]);
  await running(world);
  world.runtime.exit(world.runtime.instances()[0]?.name ?? '');
  await eventually(() => expect(held.starts()).toBe(2));
  await world.control.wake();
  await eventually(async () => expect(await world.states()).toEqual(['a Starting']));
  expect(types(world).filter((type) => type.startsWith('drift.'))).toEqual(['drift.detected']);
  held.open();
  await running(world);
  await eventually(() => expect(types(world)).toContain('drift.healed'));
});
