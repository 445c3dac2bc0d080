import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatGoDuration,
  formatSeconds,
  formatTime,
  toNanoseconds,
} from '../../src/platform/time-texts.ts';

test.each([
  [Date.UTC(2025, 9, 13, 10, 15, 0, 0), '2025-10-13T10:15:00Z'],
  [Date.UTC(2025, 9, 13, 10, 15, 0, 120), '2025-10-13T10:15:00.12Z'],
  [Date.UTC(2025, 9, 13, 10, 15, 10, 7), '2025-10-13T10:15:10.007Z'],
  [undefined, '0001-01-01T00:00:00Z'],
  [Number.NaN, '0001-01-01T00:00:00Z'],
])('the time %d is %s', (atMs, text) => {
  expect(formatTime(atMs)).toBe(text);
});

test('a time to the second is cut, not rounded', () => {
  expect(formatSeconds(Date.UTC(2025, 9, 13, 10, 15, 10, 999))).toBe('2025-10-13T10:15:10Z');
});

test('a time is read again as it was', () => {
  const times = fc.integer({ min: 0, max: Date.UTC(9999, 0) });
  fc.assert(
    fc.property(times, (atMs) => {
      expect(Date.parse(formatTime(atMs))).toBe(atMs);
    }),
  );
});

describe('a duration is written as Go writes it:', () => {
  test.each([
    [0, '0s'],
    [-5, '0s'],
    [0.000_5, '500ns'],
    [0.001_5, '1.5µs'],
    [1.5, '1.5ms'],
    [999, '999ms'],
    [1_000, '1s'],
    [1_500, '1.5s'],
    [60_000, '1m0s'],
    [3_600_000, '1h0m0s'],
    [3_723_456.789, '1h2m3.456789s'],
    [90_000_000, '25h0m0s'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatGoDuration(ms)).toBe(text);
  });
});

test('milliseconds are counted in nanoseconds', () => {
  expect(toNanoseconds(1.5)).toBe(1_500_000);
});
