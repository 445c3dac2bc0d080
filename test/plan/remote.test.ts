import { expect, test } from 'vitest';
import type { ProbeTarget, Verification } from '../../src/model/verification.ts';
import { plan } from '../../src/plan/plan.ts';
import { nextCheckMs } from '../../src/reconcile/probe-schedule.ts';
import { checkOf, inputOf, settled } from '../helpers/plan-input.ts';
import { found, START_MS, wanted } from '../helpers/services.ts';

const REFERENCE = '/mcp/far#TOKEN';
const headers = { authorization: { secret: REFERENCE, prefix: 'Bearer ' } };
const far = wanted('far', { spec: { url: 'https://mcp.test/mcp', headers } });
const instance = found(far, { secretVersions: { [REFERENCE]: 'k1-a' } });

function secretAt(version: string) {
  return { secrets: new Map([[REFERENCE, { kind: 'known', version } as const]]) };
}

test('a remote server that does not answer is Degraded, and nothing is started or stopped for it', () => {
  const result = { outcome: 'failed', message: 'answered 503' } as const;
  const failing = checkOf(instance, { result, strikes: 9, verifiedAtMs: START_MS });
  const input = inputOf({
    services: [far],
    ...settled(instance),
    checked: [failing],
    ...secretAt('k1-a'),
  });
  const [planned] = plan(input).services;

  expect(planned?.status).toMatchObject({ state: 'Degraded', cause: 'answered 503', restarts: 0 });
  expect(planned?.road.map(({ kind }) => kind)).toEqual(['wait']);
  expect(planned?.probes).toMatchObject([{ remote: true }]);
});

test('a secret of a header that changed replaces the instance, for its headers', () => {
  const input = inputOf({ services: [far], ...settled(instance), ...secretAt('k1-b') });
  const [planned] = plan(input).services;

  expect(planned).toMatchObject({
    change: 'replace',
    reason: 'replace_because_secret_changed',
    replacePaths: ['headers'],
  });
});

test('without the secret of a header nothing is made', () => {
  const [planned] = plan(inputOf({ services: [far] })).services;

  expect(planned?.road[0]).toMatchObject({ kind: 'wait', until: 'mended' });
  expect(planned?.status.state).toBe('Failed');
});

test.each([
  ['is asked again after a second', { ageMs: 0 }, 1_000],
  ['is asked less and less while it was never verified', { ageMs: 20_000 }, 10_000],
  ['is asked at least as often as one that is well', { ageMs: 3_600_000 }, 60_000],
  ['is asked soon after its first strike', { strikes: 1 }, 5_000],
  ['is asked less and less after more of them', { strikes: 3 }, 20_000],
  ['is asked as often as one that is well after many', { strikes: 1_000 }, 60_000],
])(
  'a remote server that fails %s',
  (_title, failing: { ageMs?: number; strikes?: number }, pauseMs) => {
    const { ageMs = 0, strikes = 0 } = failing;
    const { verify } = far;
    const target: ProbeTarget = {
      service: 'far',
      instance: instance.name,
      revision: instance.revision,
      release: instance.release,
      instanceId: instance.id,
      startedAtMs: START_MS - ageMs,
      url: 'http://127.0.0.1:1/far',
      path: '/mcp',
      verify,
      settings: '',
      remote: true,
    };
    const last: Verification = {
      instanceId: instance.id,
      startedAtMs: target.startedAtMs,
      settings: '',
      result: { outcome: 'failed', message: 'no' },
      atMs: START_MS,
      strikes: strikes || 1,
      ...(strikes > 0 && { verifiedAtMs: START_MS }),
    };

    expect(nextCheckMs(target, last, START_MS)).toBe(pauseMs);
  },
);
