import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { begin, changeUntil, done, expectOne, started } from '../helpers/interrupted-change.ts';
import { createWorkplace } from '../helpers/manager.ts';

test.each([started('start'), done('route')])(
  'a manager that is stopped in the midst of a change ($type $step) ends in order, and the next one ends the change',
  async (moment) => {
    const place = createWorkplace(onTestFinished);
    const { manager, url } = await begin(place);
    await changeUntil(moment, { place, manager, round: 'next' });
    expect((await manager.end()).code).toBe(0);
    await eventually(() => expect(place.leftovers()).toEqual([]));
    await expectOne(place, { manager: await place.run(), url, round: 'next' });
  },
  60_000,
);

test.each([done('start'), started('route'), done('route')])(
  'a router that is killed in the midst of a change ($type $step) comes back, and the change goes on',
  async (moment) => {
    const place = createWorkplace(onTestFinished);
    const { manager, url } = await begin(place);
    await changeUntil(moment, { place, manager, round: 'next' });
    const [router = ''] = place.leftovers().filter((line) => line.includes('programs/router'));
    process.kill(Number.parseInt(router, 10), 'SIGKILL');
    await expectOne(place, { manager, url, round: 'next' });
  },
  60_000,
);
