import { expect, test } from 'vitest';
import { createCoreQueue } from '../../../src/reconcile/core/queue.ts';
import { created, deleted } from './documents.ts';

const MEBIBYTE = 2 ** 20;

test('of more creations than can wait the last are left out, and no deletion is', () => {
  const queue = createCoreQueue();
  for (let index = 0; index < 20_000; index += 1) queue.add(created(`i${index}`));
  expect(queue.add(created('late'))).toBe(false);
  expect([queue.add(deleted('gone')), queue.add(deleted('i7'))]).toEqual([true, true]);
  expect(queue.deletions()).toEqual([deleted('gone'), deleted('i7')]);
});

test('a deletion waits also where creations are too large, and takes the place of its own', () => {
  const queue = createCoreQueue();
  expect(queue.add(created('a'), 64 * MEBIBYTE)).toBe(true);
  expect(queue.add(created('b'), 1)).toBe(false);
  expect(queue.add(deleted('c'), MEBIBYTE)).toBe(true);
  expect(queue.add(deleted('a'), MEBIBYTE)).toBe(true);
  expect(queue.add(created('b'), 64 * MEBIBYTE)).toBe(true);
});

test('a creation that takes the place of its own counts once', () => {
  const queue = createCoreQueue();
  expect(queue.add(created('a'), 40 * MEBIBYTE)).toBe(true);
  expect(queue.add(created('a', { image: 'y' }), 64 * MEBIBYTE)).toBe(true);
  expect(queue.next(2)).toEqual([created('a', { image: 'y' })]);
  expect(queue.add(created('b'), 1)).toBe(false);
});
