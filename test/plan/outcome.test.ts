import { describe, expect, test } from 'vitest';
import type { ServiceHistory } from '../../src/model/history.ts';
import type { Reason, Step } from '../../src/model/plan.ts';
import type { Request } from '../../src/model/request.ts';
import { recordCheck, recordStep, requestsSpentBy } from '../../src/plan/outcome.ts';
import { checkOf } from '../helpers/plan-input.ts';
import { found, START_MS } from '../helpers/services.ts';

const echo = found('echo');
const target = { id: echo.id, name: echo.name };
const failure = { kind: 'retry', code: 'TIMED_OUT', message: 'too slow' } as const;

function step(kind: 'start' | 'stop', reason: Reason = 'create_because_new'): Step {
  const base = { runtime: 'memory', target, reason, cause: 'why' };
  return kind === 'start' ? { ...base, kind } : { ...base, kind, graceMs: 0 };
}

function record(history: ServiceHistory, done: Step, overrides = {}): ServiceHistory {
  return recordStep(history, { step: done, atMs: START_MS, desiredDigest: 'd1-a', ...overrides });
}

describe('A failed step', () => {
  const once = record({}, step('start'), { failure });

  test('is remembered with what was wanted then', () => {
    expect(once.failure).toEqual({
      ...failure,
      count: 1,
      lastMs: START_MS,
      step: 'start',
      desiredDigest: 'd1-a',
    });
  });

  test('counts on while the same step fails for the same wish', () => {
    expect(record(once, step('start'), { failure }).failure?.count).toBe(2);
    expect(record(once, step('stop'), { failure }).failure?.count).toBe(1);
    expect(record(once, step('start'), { failure, desiredDigest: 'd1-b' }).failure?.count).toBe(1);
  });

  test('is forgotten when the step succeeds, or any step for another wish', () => {
    expect(record(once, step('start')).failure).toBeUndefined();
    expect(record(once, step('stop')).failure).toEqual(once.failure);
    expect(record(once, step('stop'), { desiredDigest: 'd1-b' }).failure).toBeUndefined();
  });

  test('is no restart and stops nothing', () => {
    const crashed = step('start', 'restart_because_crashed');
    expect(record({}, crashed, { failure }).restarts).toBeUndefined();
    expect(record({}, step('stop'), { failure }).stoppedInstanceId).toBeUndefined();
  });
});

describe('Restarts', () => {
  const crash = step('start', 'restart_because_crashed');
  const after = (ms: number, history: ServiceHistory) =>
    record(history, crash, { atMs: START_MS + ms });

  test('are counted until ten minutes of health, and in total for ever', () => {
    const twice = after(1000, after(0, {}));
    expect(twice.restarts).toEqual({ count: 2, lastMs: START_MS + 1000, total: 2 });
    expect(after(601_000, twice).restarts).toEqual({
      count: 1,
      lastMs: START_MS + 601_000,
      total: 3,
    });
    expect(after(600_999, twice).restarts?.count).toBe(3);
  });

  test('are counted once for a hanging instance: when it is stopped', () => {
    const reason = 'restart_because_unresponsive';
    const stopped = record({}, step('stop', reason));
    expect(stopped.restarts?.count).toBe(1);
    expect(record(stopped, step('start', reason)).restarts?.count).toBe(1);
  });

  test('that somebody asked for are not counted', () => {
    expect(record({}, step('start', 'restart_by_request')).restarts).toBeUndefined();
  });
});

test('What we stopped is remembered until something starts', () => {
  const stopped = record({}, step('stop'));
  expect(stopped.stoppedInstanceId).toBe(echo.id);
  expect(record(stopped, step('start')).stoppedInstanceId).toBeUndefined();
});

describe('A check', () => {
  const passed = recordCheck({}, checkOf(echo), { release: 'r1-a' });
  const needsAuth = checkOf(echo, { result: { outcome: 'needs-auth', message: '401' } });

  test('that passed makes its release the good one, one that failed takes nothing away', () => {
    expect(passed).toMatchObject({ goodRelease: 'r1-a', goodOutcome: 'verified' });
    const failed = checkOf(echo, { result: { outcome: 'failed', message: 'gone' }, strikes: 1 });
    expect(recordCheck(passed, failed, { release: 'r1-b' })).toEqual({
      ...passed,
      verification: failed,
    });
  });

  test('that wants credentials passes, but not another release than one that wanted none', () => {
    expect(recordCheck(passed, needsAuth, { release: 'r1-b' })).toEqual({
      ...passed,
      verification: needsAuth,
    });
    const locked = recordCheck(passed, needsAuth, { release: 'r1-a' });
    expect(locked).toMatchObject({ goodRelease: 'r1-a', goodOutcome: 'needs-auth' });
    expect(recordCheck(locked, needsAuth, { release: 'r1-b' })).toMatchObject({
      goodRelease: 'r1-b',
    });
  });
});

test('Any start fulfils a wish to restart, whatever the clock says; an update has to be seen', () => {
  const base = { by: 'ann', service: 'echo', atMs: START_MS + 9_999 };
  const requests: readonly Request[] = [
    { ...base, id: 'r', kind: 'restart' },
    { ...base, id: 'u', kind: 'update' },
    { ...base, id: 'p', kind: 'pause' },
  ];
  expect(requestsSpentBy(step('start'), requests)).toEqual(['r']);
  expect(requestsSpentBy(step('stop', 'restart_by_request'), requests)).toEqual([]);
});
