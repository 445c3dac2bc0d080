import { expect, test } from 'vitest';
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

test('what was written is there at once, until a pass shows it or it is deleted', () => {
  const justDeclared = createJustDeclared();
  const seen = [running];
  expect(justDeclared.addTo(seen)).toBe(seen);
  justDeclared.written(wanted('echo'));
  justDeclared.written(wanted('zed'));
  expect(namesOf(justDeclared.addTo(seen))).toEqual(['echo Pending', 'old Running', 'zed Pending']);
  justDeclared.deleted('zed');
  // A pass that had begun before.
  expect(namesOf(justDeclared.addTo([running]))).toEqual(['echo Pending', 'old Running']);
  const later = [{ ...running, name: 'echo' }];
  expect(justDeclared.addTo(later)).toBe(later);
  // Gone again: nobody is told that it is still to come.
  expect(justDeclared.addTo([running])).toEqual([running]);
});
