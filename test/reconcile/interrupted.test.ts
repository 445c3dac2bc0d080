import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../src/adapters/sqlite/store.ts';
import { closeInterrupted } from '../../src/reconcile/interrupted.ts';
import { intent, recordedFor } from '../contract/store-changes.ts';

test('a step that was interrupted is told for the workspace for which it was begun', () => {
  const clock = Date.now;
  const store = openStore({ file: ':memory:', source: '/test', clock, keepUndelivered: false });
  onTestFinished(() => store.close());
  store.commit([recordedFor('w1', '1', 'echo'), intent('2', 'other')]);

  closeInterrupted(store, clock);

  const told = store.events(0, 10).map(({ event }) => [event.subject, event.workspace]);
  expect(told).toEqual([
    ['echo', 'w1'],
    ['other', undefined],
  ]);
});
