import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createMemoryProber, withTools } from '../../src/adapters/memory/prober.ts';
import type { CheckResult, Verification } from '../../src/model/verification.ts';
import { createInstanceCheck } from '../../src/reconcile/check-instance.ts';
import type { ProbeEntry } from '../../src/reconcile/probe-register.ts';
import { toTarget } from '../fixtures/mcp/target.ts';

const TIMEOUT_MS = 50;
const never = new AbortController().signal;
const target = toTarget('http://127.0.0.1:1', { timeoutMs: TIMEOUT_MS });
const good = withTools([]);
const late: CheckResult = { outcome: 'failed', message: 'no answer within 0.05s' };
const verified: Verification = {
  instanceId: target.instanceId,
  startedAtMs: target.startedAtMs,
  settings: target.settings,
  result: good,
  atMs: 1,
  strikes: 0,
  verifiedAtMs: 1,
};

const justNow = () => Promise.resolve(0);
const entryOf = (sinceListed = 0): ProbeEntry => ({
  target,
  dueMs: 0,
  checking: true,
  sinceListed,
});

/** A prober of which one or both kinds of checks come too late. */
function slowProber(slow: readonly ('verify' | 'probe')[]) {
  const prober = createMemoryProber();
  const answer = (kind: 'verify' | 'probe') => async (): Promise<CheckResult> => {
    if (!slow.includes(kind)) return good;
    await pause(TIMEOUT_MS);
    return late;
  };
  return { ...prober, verify: answer('verify'), probe: answer('probe') };
}

describe('An instance that passed', () => {
  test('is asked cheaply, and every tenth time for its tools', async () => {
    const prober = createMemoryProber();
    const check = createInstanceCheck({ prober });
    const entry = entryOf();
    for (let count = 0; count < 20; count += 1) await check(entry, verified, never);
    const kinds = prober.checks.map(({ kind }) => kind);
    const nine = Array.from({ length: 9 }, () => 'probe');
    expect(kinds).toEqual([...nine, 'verify', ...nine, 'verify']);
  });

  test('is asked for its tools after a check that failed', async () => {
    const prober = createMemoryProber();
    await createInstanceCheck({ prober })(entryOf(), { ...verified, result: late }, never);
    expect(prober.checks).toMatchObject([{ kind: 'verify' }]);
  });

  test.each([
    ['answered others meanwhile', 10, true],
    ['answered others before', 10_000, false],
    ['never answered anybody', undefined, false],
  ])('that is late and %s', async (_what, agoMs, isBusy) => {
    const answeredAgoMs = () => Promise.resolve(agoMs);
    const check = createInstanceCheck({ prober: slowProber(['probe']), answeredAgoMs });
    expect(await check(entryOf(), verified, never)).toEqual({ result: late, isBusy });
  });

  test.each([
    ['only its list', ['verify'], false],
    ['all of it', ['verify', 'probe'], true],
  ] as const)('that answers others while %s is late', async (_what, slow, isBusy) => {
    const check = createInstanceCheck({ prober: slowProber(slow), answeredAgoMs: justNow });
    expect(await check(entryOf(9), verified, never)).toEqual({ result: late, isBusy });
  });

  test.each([
    ['to a probe, and answered others just now', 0, 4_000, true],
    ['to its list, and answered others just now', 9, 4_000, true],
    ['to a probe, and answered others some time ago', 0, 6_000, false],
    ['to its list, and never answered anybody', 9, undefined, false],
  ])('that says that it has too much to do %s', async (_what, sinceListed, agoMs, isBusy) => {
    const prober = createMemoryProber();
    const result = { outcome: 'failed', message: 'answered 503', overloaded: true } as const;
    prober.answer('sample', result);
    const answeredAgoMs = () => Promise.resolve(agoMs);
    const check = createInstanceCheck({ prober, answeredAgoMs });
    expect(await check(entryOf(sinceListed), verified, never)).toEqual({ result, isBusy });
  });

  test('that fails at once has failed, whatever it answers others', async () => {
    const prober = createMemoryProber();
    prober.answer('sample', { outcome: 'failed', message: 'answered 500' });
    const check = createInstanceCheck({ prober, answeredAgoMs: justNow });
    expect(await check(entryOf(), verified, never)).toMatchObject({ isBusy: false });
  });
});
