import { expect, test } from 'vitest';
import { never, openTestProber } from '../../fixtures/mcp/prober.ts';

test('the listener of our own answers, again and again', async () => {
  const prober = openTestProber();
  expect(await Promise.all([prober.control(never), prober.control(never)])).toEqual([true, true]);
  expect(await prober.control(never)).toBe(true);
});

test('the control fails when it is stopped', async () => {
  expect(await openTestProber().control(AbortSignal.abort())).toBe(false);
});
