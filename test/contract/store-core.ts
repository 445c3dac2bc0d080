import { expect, it } from 'vitest';
import type { CoreMemory } from '../../src/model/core.ts';
import type { StoreChange } from '../../src/model/journal.ts';
import type { StoreUnderTest } from './store.ts';
import { intent, NOW_MS } from './store-changes.ts';

const WHOLE: CoreMemory = {
  service: 'echo',
  wish: 'digest',
  refusal: { name: 'Écho', cause: 'no image', atMs: NOW_MS },
  deletedAtMs: NOW_MS,
  told: { key: '["running",null]', name: 'Écho' },
};

/** What the port Store promises of what is remembered of core's instances. */
export function coreContract(create: () => Promise<StoreUnderTest>): void {
  it('remembers each instance of core whole, and forgets it where nothing is to be remembered', async () => {
    const { open, reopen } = await create();
    let store = open();
    expect([...store.core()]).toEqual([]);
    store.commit([remember('a', WHOLE), remember('b', { deletedAtMs: NOW_MS }), remember('c', {})]);
    store = reopen?.(store) ?? store;
    expect(store.core().get('a')).toEqual(WHOLE);

    store.commit([remember('c', undefined), remember('never there', undefined)]);
    store = reopen?.(store) ?? store;
    expect([...store.core()]).toEqual([
      ['a', WHOLE],
      ['b', { deletedAtMs: NOW_MS }],
    ]);
  });

  it('replaces what was remembered of an instance of core, and never changes what it handed out', async () => {
    const { open, reopen } = await create();
    const store = open();
    store.commit([remember('a', WHOLE)]);
    const before = store.core();

    store.commit([remember('a', { wish: 'another' })]);

    expect(before.get('a')).toEqual(WHOLE);
    expect((reopen?.(store) ?? store).core().get('a')).toEqual({ wish: 'another' });
  });

  it('tells the instances of core in the order in which they were remembered first', async () => {
    const { open, reopen } = await create();
    const store = open();
    for (const id of ['b', 'c', 'a', 'b']) store.commit([remember(id, { deletedAtMs: NOW_MS })]);
    expect([...(reopen?.(store) ?? store).core().keys()]).toEqual(['b', 'c', 'a']);
  });

  it('remembers nothing of a commit that is not written whole', async () => {
    const store = (await create()).open();
    store.commit([intent('1', 'echo'), remember('a', WHOLE)]);
    const commit = () => store.commit([remember('a', undefined), intent('1', 'echo')]);
    expect(commit).toThrow(/constraint/i);
    expect([...store.core()]).toEqual([['a', WHOLE]]);
  });
}

function remember(instanceId: string, memory: CoreMemory | undefined): StoreChange {
  return { kind: 'core', instanceId, ...(memory && { memory }) };
}
