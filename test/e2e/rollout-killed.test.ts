import { expect, onTestFinished, test } from 'vitest';
import { askTool } from '../helpers/ask-tool.ts';
import { eventually } from '../helpers/eventually.ts';
import {
  begin,
  changeUntil,
  declare,
  done,
  expectOne,
  type Moment,
  started,
} from '../helpers/interrupted-change.ts';
import { createWorkplace, type ManagerProcess, type Workplace } from '../helpers/manager.ts';

/** Every step of the road, and every wait in it. */
const ROAD: readonly Moment[] = [
  started('create'),
  started('start'),
  done('start'),
  { type: 'service.verified' },
  started('route'),
  done('route'),
  started('stop'),
  started('remove'),
];
const BROKEN_ROAD: readonly Moment[] = [
  done('start'),
  { type: 'service.rolledback' },
  started('stop'),
  started('remove'),
];

test('a manager that is killed at any step of a change leaves nothing, and the next one ends the change', async () => {
  const place = createWorkplace(onTestFinished);
  let { manager, url } = await begin(place);
  for (const [index, moment] of ROAD.entries()) {
    const round = `round ${index}`;
    await changeUntil(moment, { place, manager, round });
    await killAndSeeNothing(place, manager);
    manager = await place.run();
    await expectOne(place, { manager, url, round });
  }
}, 90_000);

test('a manager that is killed at any step back leaves nothing, and the next one serves what was good', async () => {
  const place = createWorkplace(onTestFinished);
  let { manager, url } = await begin(place);
  for (const [index, moment] of BROKEN_ROAD.entries()) {
    await changeUntil(moment, { place, manager, round: `bad ${index}`, modes: ['plain'] });
    await killAndSeeNothing(place, manager);
    manager = await place.run();
    await manager.until({ echo: 'Failed' });
    expect(await askTool(url)).toBe('first');
    declare(place, 'first');
    await expectOne(place, { manager, url, round: 'first' });
  }
}, 90_000);

async function killAndSeeNothing(place: Workplace, manager: ManagerProcess): Promise<void> {
  manager.kill('SIGKILL');
  await manager.exited;
  await eventually(() => expect(place.leftovers()).toEqual([]));
}
