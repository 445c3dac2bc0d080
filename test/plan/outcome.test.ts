import { describe, expect, test } from 'vitest';
import type { ServiceHistory } from '../../src/model/history.ts';
import type { Reason, Step } from '../../src/model/plan.ts';
import type { Request } from '../../src/model/request.ts';
import { recordCheck, recordStep, recordVerdict, requestsSpentBy } from '../../src/plan/outcome.ts';
import { checkOf } from '../helpers/plan-input.ts';
import { createStep, found, good, START_MS, wanted } from '../helpers/services.ts';

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

test('A check is remembered, and makes no release a good one', () => {
  const check = checkOf(echo);
  expect(recordCheck({ changedAtMs: 1 }, check, { release: 'r1-a' })).toEqual({
    changedAtMs: 1,
    verification: check,
  });
});

describe('A release', () => {
  const v1 = good(wanted('echo'), { release: 'r1-a' });
  const condemned = { release: 'r1-b', desiredDigest: 'd1', cause: 'it hangs', atMs: START_MS };

  test('that proved itself comes first, once, among the last five', () => {
    const rest = ['b', 'c', 'd', 'e'].map((mark) =>
      good(wanted('echo'), { release: `r1-${mark}` }),
    );
    const later = { ...v1, atMs: START_MS };
    const history = recordVerdict({ releases: [...rest, v1] }, { kind: 'good', release: later });
    expect(history.releases).toEqual([later, ...rest]);
    const sixth = good(wanted('echo'), { release: 'r1-f' });
    expect(recordVerdict(history, { kind: 'good', release: sixth }).releases).toHaveLength(5);
  });

  test('that was given up is remembered, and what failed of it holds nobody up', () => {
    const then = { count: 1, lastMs: 1, step: 'start', desiredDigest: 'd1' };
    const before = { releases: [v1], failure: { ...failure, ...then } };
    const verdict = { kind: 'condemned', release: condemned, to: 'r1-a', instance: 'x' } as const;
    expect(recordVerdict(before, verdict)).toEqual({ releases: [v1], condemned });
  });

  test('that is tried again by request is no longer given up', () => {
    const own = { condemned: { ...condemned, release: echo.release } };
    expect(record(own, step('start', 'restart_by_request')).condemned).toBeUndefined();
    expect(record(own, step('start')).condemned).toBe(own.condemned);
    expect(record({ condemned }, step('start', 'restart_by_request')).condemned).toBe(condemned);
    const made = { ...createStep(wanted('echo')), release: 'r1-b' };
    const why = { reason: 'replace_because_spec_changed', cause: '' } as const;
    expect(record({ condemned }, { ...made, runtime: 'memory', ...why }).condemned).toBeUndefined();
  });
});

function routeTo(...names: readonly string[]): Step {
  return {
    kind: 'route',
    route: {
      slug: 'echo',
      service: 'echo',
      path: '/mcp',
      targets: names.map((instance) => ({ instance, url: 'http://memory' })),
    },
    reason: 'update_because_route_changed',
    cause: '',
  };
}

describe('Where the traffic goes', () => {
  test('is remembered with where it went before, and since when', () => {
    const first = record({}, routeTo('a'));
    expect(first.served).toEqual({ targets: ['a'], sinceMs: expect.any(Number) });
    const second = record(first, routeTo('b'));
    expect(second.served).toEqual({ targets: ['b'], before: ['a'], sinceMs: expect.any(Number) });
    expect(record(second, routeTo('b')).served).toBe(second.served);
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

test('Who lost the traffic some switches ago is remembered, until it has it again', () => {
  const a = record({}, routeTo('a', 'b', 'c'));
  const b = record(a, routeTo('a', 'b'));
  const c = record(b, routeTo('a'));
  expect(c.served).toMatchObject({ targets: ['a'], before: ['b', 'c'] });
  expect(record(c, routeTo('c')).served).toMatchObject({ targets: ['c'], before: ['a', 'b'] });
});
