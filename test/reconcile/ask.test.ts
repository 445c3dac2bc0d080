import { expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld } from '../helpers/world.ts';

test('a protected service is not removed by name, and says so before anything is asked', async () => {
  const world = startWorld();
  world.want([wanted('a', { protected: true })]);
  await eventually(async () => expect(await world.states()).toEqual(['a Running']));
  const command = { kind: 'remove', service: 'a', volumes: false, by: 'test' } as const;
  await expect(world.control.ask(command)).rejects.toThrow('a is protected');
  expect(world.store.requests()).toEqual([]);
  world.want([wanted('a')]);
  await world.control.ask(command);
  world.want([]);
  await eventually(async () => expect(await world.states()).toEqual([]));
});
