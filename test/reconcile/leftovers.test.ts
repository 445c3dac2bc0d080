import { expect, test } from 'vitest';
import type { Orphan } from '../../src/model/instance.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld } from '../helpers/world.ts';
import { running } from '../helpers/world-facts.ts';

const network: Orphan = { kind: 'network', id: 'n', name: 'net-of-gone', service: 'gone' };
const volume: Orphan = { kind: 'volume', id: 'v', name: 'data-of-gone', service: 'gone' };

test('a network of a service that is gone is removed, its volume is told until that is asked for', async () => {
  const world = startWorld();
  world.runtime.leave(network);
  world.runtime.leave(volume);
  world.want([wanted('stays')]);
  await eventually(() => expect(world.runtime.leftovers()).toEqual(['data-of-gone']));
  await running(world);
  const { leftAlone } = await world.control.status();
  expect(leftAlone).toMatchObject([{ kind: 'volume', name: 'data-of-gone', service: 'gone' }]);
  expect(await world.control.plan({})).toMatchObject({ changes: [], leftAlone });

  await world.control.ask({ kind: 'remove', service: 'gone', volumes: false, by: 'test' });
  await world.control.wake();
  expect(world.runtime.leftovers()).toEqual(['data-of-gone']);
  await world.control.ask({ kind: 'remove', service: 'gone', volumes: true, by: 'test' });
  await eventually(() => expect(world.runtime.leftovers()).toEqual([]));
  await eventually(async () =>
    expect(await world.control.status()).toMatchObject({ leftAlone: [] }),
  );
  expect(await world.states()).toEqual(['stays Running']);
});

test('a look that is not deep forgets no volume that was told', async () => {
  const world = startWorld({ resyncMs: 20 });
  world.runtime.leave(volume);
  world.want([wanted('stays')]);
  await running(world);
  const looks = world.runtime.calls.length;
  await eventually(() => expect(world.runtime.calls.length).toBeGreaterThan(looks + 3));
  expect(await world.control.status()).toMatchObject({ leftAlone: [{ name: 'data-of-gone' }] });
});
