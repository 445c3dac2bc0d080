import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store.ts';
import { event, forWorkspace, idsOf, intent, recordedFor } from './store-changes.ts';

/** What the port Store promises of the workspaces for which something was recorded. */
export function workspaceContract(create: () => Promise<StoreUnderTest>): void {
  it('keeps with each event the workspace that it was made for', async () => {
    const { open, reopen } = await create();
    let store = open();
    store.commit([forWorkspace('a', event('echo')), event('echo'), forWorkspace('b', event('x'))]);
    store = reopen?.(store) ?? store;

    const workspaces = store.events(0, 10).map(({ event: { workspace } }) => workspace);
    expect(workspaces).toEqual(['a', undefined, 'b']);
  });

  it('tells of a workspace what was recorded for it, however much came for others since', async () => {
    const { open, reopen } = await create();
    let store = open();
    store.commit([recordedFor('a', '1', 'echo'), recordedFor('a', '2', 'files')]);
    store.commit([
      recordedFor('b', '3', 'echo'),
      intent('4', 'echo'),
      recordedFor('b', '5', 'echo'),
    ]);
    store = reopen?.(store) ?? store;

    expect(idsOf(store, { workspace: 'a', limit: 2 })).toEqual(['2', '1']);
    expect(idsOf(store, { workspace: 'a', service: 'echo', limit: 2 })).toEqual(['1']);
    expect(idsOf(store, { workspace: 'b', limit: 1 })).toEqual(['5']);
    expect(idsOf(store, { workspace: 'c', limit: 10 })).toEqual([]);
    expect(idsOf(store, { service: 'echo', limit: 10 })).toEqual(['5', '4', '3', '1']);
    const [entry] = store.journal({ workspace: 'a', limit: 1 });
    expect(entry).toMatchObject({ service: 'files', workspace: 'a' });
  });
}
