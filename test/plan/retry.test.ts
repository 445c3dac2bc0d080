import { describe, expect, test } from 'vitest';
import type { ServiceState, ServiceStatus } from '../../src/model/status.ts';
import { plan } from '../../src/plan/plan.ts';
import { type InputOverrides, inputOf, settled } from '../helpers/plan-input.ts';
import { asked, echo, failed, next, old, secret } from '../helpers/plan-table.ts';
import { START_MS } from '../helpers/services.ts';

const noKey = {
  secrets: new Map([['file:/key', { kind: 'missing', cause: 'no /key' } as const]]),
};

function statusOf(overrides: InputOverrides): ServiceStatus | undefined {
  return plan(inputOf(overrides)).services.find(({ name }) => name === 'echo')?.status;
}

const rows: readonly (readonly [state: ServiceState, cause: string, given: InputOverrides])[] = [
  ['Failed', 'no /key', { services: [secret], ...noKey }],
  ['Failed', 'no /key', { services: [secret], ...settled(old), ...noKey }],
  [
    'Starting',
    'attempt 2 failed: TIMED_OUT too slow',
    { services: [echo], ...failed(echo, { count: 2 }) },
  ],
  ['Failed', 'TIMED_OUT too slow', { services: [echo], ...failed(echo, { count: 3 }) }],
  [
    'Starting',
    'attempt 2 failed: TIMED_OUT too slow',
    { services: [echo], ...settled(old), routed: [], ...failed(echo, { count: 2, step: 'route' }) },
  ],
  [
    'Degraded',
    'TIMED_OUT too slow',
    { services: [echo], ...settled(old), routed: [], ...failed(echo, { count: 9, step: 'route' }) },
  ],
  ['Failed', 'TIMED_OUT too slow', { services: [echo], ...failed(echo, { kind: 'terminal' }) }],
];

test.each(rows)('A service that cannot be made is %s: %s', (state, cause, given) => {
  expect(statusOf(given)).toMatchObject({ state, cause });
});

describe('The word for a service whose attempts fail', () => {
  const moments = [
    ['it waits', {}],
    ['it is tried again', { nowMs: START_MS + 300_000 }],
    ['steps are running', { busy: new Set(['echo']) }],
  ] as const;

  test.each(moments)('is the same while %s', (_when, moment) => {
    const states = (count: number) => [
      statusOf({ services: [echo], ...failed(echo, { count }), ...moment })?.state,
      statusOf({
        services: [echo],
        ...settled(old),
        routed: [],
        ...failed(echo, { count, step: 'route' }),
        ...moment,
      })?.state,
    ];
    const onItsWay = 'busy' in moment ? 'Updating' : 'Starting';
    expect(states(2)).toEqual(['Starting', onItsWay]);
    expect(states(3)).toEqual(['Failed', 'Degraded']);
    expect(states(99)).toEqual(['Failed', 'Degraded']);
  });

  test('says nothing of a failure of something else, or from before somebody asked', () => {
    const other = failed(next, { count: 9 });
    expect(statusOf({ services: [echo], ...other })?.state).toBe('Pending');
    const given = { services: [echo], ...failed(echo, { count: 9 }) };
    const after = { ...asked('restart', START_MS + 1), nowMs: START_MS + 1 };
    expect(statusOf({ ...given, ...after })?.state).toBe('Pending');
    const busy = new Set(['echo']);
    expect(statusOf({ ...given, ...after, busy })?.state).toBe('Starting');
  });
});
