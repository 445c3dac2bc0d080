import { expect, test } from 'vitest';
import type { ServiceState } from '../../src/model/status.ts';
import { createShown } from '../../src/reconcile/shown.ts';
import { plan } from '../../src/plan/plan.ts';
import { inputOf } from '../helpers/plan-input.ts';
import { echo } from '../helpers/plan-table.ts';

/** When it changed, pass after pass: its state by the clock, and when its last step ended. */
function changes(passes: readonly (readonly [ServiceState, nowMs: number, stepMs?: number])[]) {
  const shown = createShown();
  const planned = plan(inputOf({ services: [echo] }));
  return passes.map(([state, nowMs, stepMs]) => {
    const services = planned.services.map((service) => {
      const status = { ...service.status, state };
      return {
        ...service,
        status: stepMs === undefined ? status : { ...status, changedAtMs: stepMs },
      };
    });
    const decided = { plan: planned, shown: services, inForce: [] };
    shown.update(decided, { scope: 'all', deep: false }, { observations: new Map(), nowMs });
    return shown.statuses().get('echo')?.changedAtMs;
  });
}

test('what follows from no step has changed when it was seen first', () => {
  expect(
    changes([
      ['Pending', 10],
      ['Pending', 20],
      ['Failed', 30],
      ['Failed', 40],
    ]),
  ).toEqual([undefined, undefined, 30, 30]);
});

test('what follows from a step has changed when that ended', () => {
  expect(
    changes([
      ['Starting', 10, 5],
      ['Running', 20, 15],
      ['Degraded', 30, 15],
      ['Degraded', 40, 15],
      ['Running', 50, 45],
    ]),
  ).toEqual([5, 15, 30, 30, 45]);
});
