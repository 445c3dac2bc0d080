import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../src/adapters/sqlite/store.ts';
import { announceCommits } from '../../src/reconcile/announce.ts';
import { readEvents } from '../../src/reconcile/event-feed.ts';

test('a long read of what nobody asked for lets others go on between its pages', async () => {
  const clock = Date.now;
  const store = openStore({ file: ':memory:', source: '/test', clock, keepUndelivered: false });
  onTestFinished(() => store.close());
  const event = { type: 'service.started', subject: 'echo', timeMs: clock(), data: {} } as const;
  store.commit(Array.from({ length: 1_000 }, () => ({ kind: 'event', event })));
  let isRead = false;
  let turns = 0;
  const count = (): void => {
    if (isRead) return;
    turns += 1;
    setImmediate(count);
  };
  setImmediate(count);
  const query = { since: '2020-01-01T00:00:00Z', service: 'other', follow: false };
  const { signal } = new AbortController();
  for await (const found of readEvents(announceCommits(store), query, signal))
    throw new Error(`${found.id} was not asked for`);
  isRead = true;
  expect(turns).toBeGreaterThanOrEqual(4);
});
