import { expect, test } from 'vitest';
import type { InstanceState } from '../../src/model/instance.ts';
import type { ServicePlan } from '../../src/model/plan.ts';
import { plan } from '../../src/plan/plan.ts';
import { createStatusBoard } from '../../src/reconcile/status-board.ts';
import { inputOf, settled } from '../helpers/plan-input.ts';
import { found, wanted } from '../helpers/services.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const histories = new Map(names.map((name) => [name, { accepted: wanted(name) }]));

/** Six services that no document names any more, one of them in another state. */
function planned(scope: 'all' | ReadonlySet<string>, state: InstanceState): readonly ServicePlan[] {
  const instances = names.map((name) => found(wanted(name), name === 'a' ? { state } : {}));
  const world = { services: [wanted('stay')], ...settled(...instances), histories, scope };
  return plan(inputOf(world)).services;
}

test('what a look at one service sees of a held removal is told with the reason of the whole', () => {
  const board = createStatusBoard(() => {});
  const look = { deep: false };
  const one = new Set(['a']);
  board.show(planned('all', 'running'), { ...look, scope: 'all' });
  const before = board.statuses().get('a');
  expect(before?.conditions[1]).toMatchObject({ type: 'Available', status: 'True' });
  board.show(planned(one, 'exited'), { ...look, scope: one });
  const after = board.statuses().get('a');
  expect(after?.cause).toBe(before?.cause);
  expect(after?.cause).toContain('at most 5 may');
  expect(after?.conditions[1]).toMatchObject({ status: 'False', message: before?.cause });
  expect(after?.startedAtMs).toBeUndefined();
});
