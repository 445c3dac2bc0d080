import { describe, expect, test } from 'vitest';
import type { ServiceHistory } from '../../src/model/history.ts';
import type { Reason, Step } from '../../src/model/plan.ts';
import { recordStep, type StepEnd, updatesAnswered } from '../../src/plan/outcome.ts';
import type { Request } from '../../src/model/request.ts';
import { createStep, START_MS, wanted } from '../helpers/services.ts';

const IMAGE = 'echo:1';
const failure = { kind: 'infrastructure', code: 'REGISTRY_UNAVAILABLE', message: 'no' } as const;
const create: Step = {
  ...createStep(wanted('echo', { spec: { image: IMAGE } })),
  runtime: 'memory',
  reason: 'create_because_new',
  cause: 'not found',
};

function pull(policy: 'missing' | 'always', reason: Reason = 'create_because_new'): Step {
  return { kind: 'pull', runtime: 'memory', image: IMAGE, policy, reason, cause: 'why' };
}

function record(
  history: ServiceHistory,
  step: Step,
  overrides: Partial<StepEnd> = {},
): ServiceHistory {
  return recordStep(history, { step, atMs: START_MS, desiredDigest: 'd1-a', ...overrides });
}

describe('What was pulled', () => {
  const done = record({}, pull('always'), { answers: ['u'] });

  test('is remembered with whom it answers, until something is made of it', () => {
    const { pulled } = done;
    expect(pulled).toEqual({
      runtime: 'memory',
      image: IMAGE,
      atMs: START_MS,
      answers: ['u'],
      used: false,
    });
    expect(record(done, create).pulled).toEqual({ ...pulled, used: true });
  });

  test('is pulled again when making something of it failed: it may be gone', () => {
    expect(record(done, create, { failure }).pulled).toBeUndefined();
  });

  test('answers nobody new where the registry was not asked in any case', () => {
    expect(record(done, pull('missing'), { answers: ['u', 'v'] }).pulled?.answers).toEqual(['u']);
    expect(record({}, pull('missing'), { answers: ['u'] }).pulled?.answers).toEqual([]);
  });
});

describe('A look whether an image moved', () => {
  const look = pull('always', 'pull_by_request');
  const standing = record({}, create, { failure });

  test('that failed is counted beside what else failed, and takes nothing away', () => {
    const once = record(standing, look, { failure });
    expect(once).toEqual({ ...standing, lookFailure: expect.objectContaining({ count: 1 }) });
    expect(record(once, look, { failure }).lookFailure?.count).toBe(2);
    expect(record(once, look)).toMatchObject({ failure: standing.failure });
    expect(record(once, look).lookFailure).toBeUndefined();
  });

  test('is no change of the service', () => {
    expect(record({ changedAtMs: 1 }, look).changedAtMs).toBe(1);
  });
});

test('A pull answers the updates that were asked for before it, not those asked for meanwhile', () => {
  const base = { by: 'ann', service: 'echo' } as const;
  const requests: readonly Request[] = [
    { ...base, id: 'before', kind: 'update', atMs: 9 },
    { ...base, id: 'then', kind: 'update', atMs: 10 },
    { ...base, id: 'meanwhile', kind: 'update', atMs: 11 },
    { ...base, id: 'set back', kind: 'update', atMs: 99 },
    { ...base, id: 'other', kind: 'restart', atMs: 9 },
  ];
  const answered = updatesAnswered(requests, { beganMs: 10, endedMs: 20 });
  expect(answered).toEqual(['before', 'then', 'set back']);
});
