import { describe, expect, test } from 'vitest';
import type { CoreReport } from '../../src/model/core.ts';
import { toStatusReport } from '../../src/platform/status-word.ts';
import { tellCore, type Telling } from '../../src/platform/tell-core.ts';
import { statusOf } from './statuses.ts';

describe('the word for a service that is', () => {
  test.each([
    ['Pending', 'validating', 'validating'],
    ['Starting', 'starting', 'starting'],
    ['Running', 'running', 'running'],
    ['NeedsAuth', 'running', 'running'],
    ['Degraded', 'running', 'failed'],
    ['Updating', 'running', 'starting'],
    ['RollingBack', 'running', 'starting'],
    ['Failed', 'running', 'failed'],
    ['CrashLoop', 'running', 'failed'],
    ['Blocked', 'running', 'failed'],
    ['Paused', 'running', 'stopped'],
    ['Stopped', 'stopped', 'stopped'],
    ['Removing', 'stopped', 'stopped'],
  ] as const)('%s is "%s" while it serves, else "%s"', (state, available, otherwise) => {
    expect(toStatusReport(statusOf(state, { available: true }))?.word).toBe(available);
    expect(toStatusReport(statusOf(state))?.word).toBe(otherwise);
  });
});

test('a failure says why, if only by its state', () => {
  expect(toStatusReport(statusOf('CrashLoop', { cause: 'exit code 1' }))).toEqual({
    word: 'failed',
    error: 'exit code 1',
  });
  expect(toStatusReport(statusOf('Failed'))).toEqual({ word: 'failed', error: 'Failed' });
});

test('a service that serves and is not well says why too, one that is well or on its way does not', () => {
  const cause = 'the new release failed';

  expect(toStatusReport(statusOf('Failed', { available: true, cause }))).toEqual({
    word: 'running',
    error: cause,
  });
  expect(toStatusReport(statusOf('Updating', { available: true, cause }))).toEqual({
    word: 'running',
  });
  expect(toStatusReport(statusOf('NeedsAuth'))).toEqual({ word: 'running' });
});

test('of a service that cannot be observed nothing is said, unless it is known to serve', () => {
  const cause = 'the engine does not answer';

  expect(toStatusReport(statusOf('Frozen', { cause }))).toBeUndefined();
  expect(toStatusReport(statusOf('Frozen', { available: true, cause }))).toEqual({
    word: 'running',
    error: cause,
  });
});

test('a service that is gone has stopped', () => {
  expect(toStatusReport(undefined)).toEqual({ word: 'stopped' });
});

const TELLING: Telling = {
  instanceId: 'i1',
  name: 'My Echo',
  atMs: Date.UTC(2026, 0, 1),
  seed: 'producer/7',
  containerId: 'c1',
  url: 'http://localhost:7999/mcp/echo',
};

test.each<[CoreReport, readonly (readonly [string, object])[]]>([
  [{ word: 'validating' }, [['MCPServerInstanceStatusChanged', { status: 'validating' }]]],
  [{ word: 'starting' }, [['MCPServerInstanceStatusChanged', { status: 'starting' }]]],
  [
    { word: 'running' },
    [
      [
        'MCPServerInstanceStatusChanged',
        { status: 'running', container_id: 'c1', url: TELLING.url },
      ],
    ],
  ],
  [
    { word: 'stopped' },
    [['MCPServerInstanceStatusChanged', { status: 'stopped', container_id: 'c1' }]],
  ],
  [
    { word: 'failed', error: 'no image' },
    [
      ['MCPServerInstanceError', { error: 'no image' }],
      ['MCPServerInstanceStatusChanged', { status: 'failed', error: 'no image' }],
    ],
  ],
])('core is told of %j in these messages', (report, said) => {
  const head = { instance_id: 'i1', name: 'My Echo', timestamp: '2026-01-01T00:00:00Z' };

  const told = tellCore(report, TELLING).map(({ type, data }) => [type, data]);

  expect(told).toEqual(said.map(([type, data]) => [type, { ...head, ...data }]));
});

test('the two messages of a failure have two ids', () => {
  const ids = tellCore({ word: 'failed', error: 'no' }, TELLING).map(({ eventId }) => eventId);

  expect(new Set(ids).size).toBe(2);
});
