import { expect, test } from 'vitest';
import type { Desired } from '../../src/model/service.ts';
import type { ServiceStatus } from '../../src/model/status.ts';
import { createJustDeclared } from '../../src/reconcile/just-declared.ts';
import { wanted } from '../helpers/services.ts';

const running: ServiceStatus = {
  name: 'old',
  state: 'Running',
  cause: '',
  conditions: [],
  runtime: 'memory',
  origin: 'file',
  labels: {},
  restarts: 0,
};
const namesOf = (statuses: readonly ServiceStatus[]) =>
  statuses.map(({ name, state }) => `${name} ${state}`);

const NOTHING: Desired = { services: [], frozen: [], problems: [], complete: true };

test('what was written is there at once, until a pass shows it or it is deleted', () => {
  const justDeclared = createJustDeclared(() => 0);
  const seen = [running];
  expect(justDeclared.addTo(seen, NOTHING)).toBe(seen);
  justDeclared.written(wanted('echo'));
  justDeclared.written(wanted('old'));
  justDeclared.written(wanted('zed'));
  expect(namesOf(justDeclared.addTo(seen, NOTHING))).toEqual([
    'echo Pending',
    'old Running',
    'zed Pending',
  ]);
  justDeclared.deleted('zed');
  // A pass that had begun before.
  expect(namesOf(justDeclared.addTo([running], NOTHING))).toEqual(['echo Pending', 'old Running']);
  justDeclared.written(wanted('old'));
  const later = [{ ...running, name: 'echo' }, running];
  expect(justDeclared.addTo(later, NOTHING)).toBe(later);
  // Gone again: nobody is told that it is still to come.
  expect(justDeclared.addTo([], NOTHING)).toEqual([]);
});

test('what somebody took out before any pass is not told of for long, and what waits for a pass is', () => {
  let nowMs = 0;
  const justDeclared = createJustDeclared(() => nowMs);
  const desired = { ...NOTHING, services: [wanted('echo')] };
  justDeclared.written(wanted('echo'));
  justDeclared.written(wanted('gone'));
  expect(namesOf(justDeclared.addTo([], desired))).toEqual(['echo Pending', 'gone Pending']);
  nowMs = 10_001;
  expect(namesOf(justDeclared.addTo([], desired))).toEqual(['echo Pending']);
});

test('what moved to another workspace is of that at once, until a pass shows it there or it is long ago', () => {
  let nowMs = 0;
  const justDeclared = createJustDeclared(() => nowMs);
  const desired = { ...NOTHING, services: [wanted('old')] };
  const former = [{ ...running, workspace: 'w1' }];
  const workspaces = (statuses: readonly ServiceStatus[]) =>
    justDeclared.addTo(statuses, desired).map(({ workspace }) => workspace);
  justDeclared.written(wanted('old', { platform: { workspaceId: 'w2' } }));
  expect(workspaces(former)).toEqual(['w2']);
  expect(workspaces([{ ...running, workspace: 'w2' }])).toEqual(['w2']);
  // Moved back by hand.
  expect(workspaces(former)).toEqual(['w1']);
  justDeclared.written(wanted('old'));
  expect(workspaces(former)).toEqual([undefined]);
  nowMs = 10_001;
  expect(workspaces(former)).toEqual(['w1']);
});
