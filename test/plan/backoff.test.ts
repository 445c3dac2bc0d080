import { expect, test } from 'vitest';
import { isWaiting, restartAtMs, retryAtMs } from '../../src/plan/backoff.ts';

const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 40, 5000];

test('A crashed instance is restarted at once, then after 1, 2, 4 … 60 seconds', () => {
  const waits = counts.map((count) => restartAtMs({ count, lastMs: 0 }) / 1000);
  expect(waits).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
});

test('A failed attempt is repeated within 1 s × 2 up to 5 minutes, never before half a second', () => {
  for (const count of counts.slice(1)) {
    const longestMs = Math.min(1000 * 2 ** Math.min(count - 1, 30), 300_000);
    for (const seed of ['echo', 'search', 'files', 'a', 'b']) {
      const waitMs = retryAtMs({ count, lastMs: 7 }, seed) - 7;
      expect(waitMs).toBeGreaterThanOrEqual(500);
      expect(waitMs).toBeLessThanOrEqual(longestMs);
    }
  }
});

test('Services that failed together do not return together, and each returns at the same time again', () => {
  const seeds = Array.from({ length: 50 }, (_, index) => `service-${index}`);
  const times = seeds.map((seed) => retryAtMs({ count: 12, lastMs: 0 }, seed));
  expect(new Set(times).size).toBeGreaterThan(45);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(150_000);
  expect(seeds.map((seed) => retryAtMs({ count: 12, lastMs: 0 }, seed))).toEqual(times);
});

test('A wait ends with its time, and when it is longer than any can be', () => {
  expect(isWaiting(1001, 1000)).toBe(true);
  expect(isWaiting(1000, 1000)).toBe(false);
  expect(isWaiting(301_000, 1000)).toBe(true);
  expect(isWaiting(301_001, 1000)).toBe(false);
});
