import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createMemoryProber, withTools } from '../../src/adapters/memory/prober.ts';
import type { CheckResult, ProbeTarget, Verification } from '../../src/model/verification.ts';
import { createProbeTable, type ProbeTableOptions } from '../../src/reconcile/probe-table.ts';
import { toTarget } from '../fixtures/mcp/target.ts';
import { eventually } from '../helpers/eventually.ts';

const CHECKED_AT_ONCE = 16;
const busy: CheckResult = { outcome: 'failed', message: 'answered 503', overloaded: true };

function targetOf(service: string): ProbeTarget {
  return { ...toTarget('http://127.0.0.1:1', { instanceId: service, everyMs: 1 }), service };
}

const answeredAgoMs = () => Promise.resolve(0);

/** It passed once, long ago. */
function passed({ instanceId, startedAtMs, settings }: ProbeTarget): Verification {
  const result = withTools([]);
  return { instanceId, startedAtMs, settings, result, atMs: 0, strikes: 0, verifiedAtMs: 1 };
}

/** Checks these targets until the test ends; answers what was news and how many checks were made. */
function checkAll(
  targets: readonly ProbeTarget[],
  options: Partial<ProbeTableOptions> & Pick<ProbeTableOptions, 'prober'>,
) {
  const news: Verification[] = [];
  const seen = { news, checks: 0 };
  const stop = new AbortController();
  const table = createProbeTable({
    clock: Date.now,
    initial: targets.map(passed),
    onNews: (_target, verification) => news.push(verification),
    onChecked: () => (seen.checks += 1),
    ...options,
  });
  table.set(new Map(targets.map((target) => [target.service, [target]])), 'all');
  const running = table.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return seen;
}

test('who has waited longest is checked first: those that hang keep nobody out', async () => {
  const asked: string[] = [];
  const probe = async ({ service }: ProbeTarget): Promise<CheckResult> => {
    asked.push(service);
    await pause(20);
    return { outcome: 'failed', message: 'no answer' };
  };
  const hanging = Array.from({ length: 2 * CHECKED_AT_ONCE }, (_, nth) => targetOf(`hangs-${nth}`));
  const prober = { ...createMemoryProber(), probe, verify: probe };
  checkAll([...hanging, targetOf('last')], { prober });
  await eventually(() => expect(asked).toContain('last'));
  const before = asked.slice(0, asked.indexOf('last'));
  expect(new Set(before).size).toBe(before.length);
});

test('a server that goes on having too much to do is news once', async () => {
  const prober = createMemoryProber();
  const target = targetOf('sample');
  prober.answer('sample', busy);
  const struck = { ...passed(target), result: busy, strikes: 2 };
  const seen = checkAll([target], { prober, initial: [struck], answeredAgoMs });
  await eventually(() => expect(seen.checks).toBeGreaterThanOrEqual(5));
  expect(seen.news).toMatchObject([{ strikes: 0 }]);
});

test('each of the first three strikes is news, and no other', async () => {
  const prober = createMemoryProber();
  prober.answer('sample', busy);
  const seen = checkAll([targetOf('sample')], { prober });
  await eventually(() => expect(seen.checks).toBeGreaterThanOrEqual(5));
  expect(seen.news).toMatchObject([{ strikes: 1 }, { strikes: 2 }, { strikes: 3 }]);
});
