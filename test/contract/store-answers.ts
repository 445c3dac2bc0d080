import { expect, it } from 'vitest';
import type { StoreUnderTest } from './store.ts';
import { answer, intent, NOW_MS } from './store-changes.ts';

/** What the port Store promises of answers to writes. */
export function answersContract(create: () => Promise<StoreUnderTest>): void {
  it('finds an answer for a day', async () => {
    let nowMs = Date.now();
    const { open, reopen } = await create();
    const store = open({ clock: () => nowMs });
    const atMs = nowMs;
    store.commit([answer('a', { atMs, body: 'once' }), answer('a', { atMs, body: 'twice' })]);
    expect(store.answer('a')).toMatchObject({ id: 'a', body: 'twice' });
    expect(store.answer('b')).toBeUndefined();
    nowMs += 24 * 60 * 60 * 1000;
    expect(store.answer('a')).toBeUndefined();
    expect(reopen?.(store).answer('a')?.body).toBe(reopen && 'twice');
  });

  it('keeps the newest answers of each who asks, within so many bytes of all', async () => {
    const { open } = await create();
    const retention = { answersPerOwner: 2, answerBytes: 3_000 };
    const store = open({ clock: () => NOW_MS, retention });
    const has = (...ids: string[]) => ids.filter((id) => store.answer(id));
    const at = (id: string, atMs: number, more = {}) =>
      store.commit([answer(id, { atMs: NOW_MS - 10 + atMs, ...more })]);
    at('other', 0, { owner: 'p' });
    for (const [n, id] of ['a', 'b', 'c'].entries()) at(id, n + 1);
    expect(has('other', 'a', 'b', 'c')).toEqual(['other', 'b', 'c']);
    at('large', 9, { owner: 'q', body: 'x'.repeat(2_800) });
    expect(has('other', 'b', 'c', 'large')).toEqual(['c', 'large']);
  });

  it('keeps no answer of a commit that is not written whole', async () => {
    const store = (await create()).open({ clock: () => NOW_MS });
    store.commit([intent('1', 'echo'), answer('a', { body: 'first' })]);
    const commit = () => store.commit([answer('a', { body: 'second' }), intent('1', 'echo')]);
    expect(commit).toThrow(/constraint/i);
    expect(store.answer('a')).toMatchObject({ body: 'first' });
  });
}
