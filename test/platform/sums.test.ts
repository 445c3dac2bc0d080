import { expect, test } from 'vitest';
import type { ServiceState } from '../../src/model/status.ts';
import {
  toHealthSummary,
  toManagerHealth,
  toMonitoringStatus,
} from '../../src/platform/monitoring-body.ts';
import { NOW_MS } from './facts.ts';
import { statusOf } from './statuses.ts';

const STATES: readonly ServiceState[] = [
  'Running',
  'Degraded',
  'NeedsAuth',
  'Stopped',
  'Failed',
  'CrashLoop',
  'Starting',
];
const SERVICES = STATES.map((state) => statusOf(state));
const MOMENT = { nowMs: NOW_MS, uptimeMs: 3_723_456.789 };
const TIMES = { timestamp: '2026-01-01T00:01:01.12Z', uptime: '1h2m3.456789s' };

test('the manager is healthy and says how many run', () => {
  expect(toManagerHealth(SERVICES, '0.1.0', MOMENT)).toEqual({
    status: 'healthy',
    version: '0.1.0',
    containers_running: 3,
    ...TIMES,
  });
});

test('the monitoring counts what has not ended and does not run as stopped', () => {
  expect(toMonitoringStatus(SERVICES, MOMENT)).toEqual({
    ...twice({ total: 7, healthy: 3, unhealthy: 3, stopped: 1 }),
    ...TIMES,
  });
});

test('the summary counts each for itself, and all that does not run as unhealthy', () => {
  expect(toHealthSummary(SERVICES, MOMENT)).toEqual({
    ...twice({ total: 7, healthy: 3, unhealthy: 4, stopped: 1, running: 3, error: 2 }),
    ...TIMES,
  });
});

/** Once as containers, once as instances. */
function twice(sums: Readonly<Record<string, number>>): object {
  return Object.fromEntries(
    ['containers', 'instances'].flatMap((what) =>
      Object.entries(sums).map(([name, sum]) => [`${name}_${what}`, sum] as const),
    ),
  );
}
