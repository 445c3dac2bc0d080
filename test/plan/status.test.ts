import { describe, expect, test } from 'vitest';
import type { ServiceStatus } from '../../src/model/status.ts';
import type { ServiceState } from '../../src/model/status.ts';
import { plan } from '../../src/plan/plan.ts';
import { checkOf, type InputOverrides, inputOf, routeTo, settled } from '../helpers/plan-input.ts';
import {
  asked,
  BROKEN,
  created,
  drifted,
  echo,
  exited,
  failing,
  history,
  made,
  next,
  old,
} from '../helpers/plan-table.ts';
import { START_MS, wanted, good } from '../helpers/services.ts';

const NEEDS_AUTH = { outcome: 'needs-auth', message: 'answers 401' } as const;
const AWAY = { ok: false, cause: 'no answer' } as const;
const late = { nowMs: START_MS + 120_000 };
const { verifiedAtMs: _verifiedAtMs, ...unverified } = failing(1);
// The same release, checked in the same way: a late start is no fault of the document.
const passedBefore = history({ releases: [good(echo, { settings: checkOf(old).settings })] });

function statusOf(overrides: InputOverrides): ServiceStatus | undefined {
  return plan(inputOf(overrides)).services.find(({ name }) => name === 'echo')?.status;
}

type Row = readonly [state: ServiceState, cause: string, given: InputOverrides];

const rows: readonly Row[] = [
  ['Pending', 'not found', { services: [echo] }],
  ['Starting', 'not started yet', { services: [echo], instances: [created(old)] }],
  ['Starting', 'not verified yet', { services: [echo], instances: [old] }],
  ['Starting', 'not verified yet', { services: [echo], instances: [old], ...late }],
  ['Starting', 'asked by ann', { services: [echo], ...settled(old), ...asked('restart') }],
  ['Running', '', { services: [echo], ...settled(old) }],
  ['Running', '', { services: [echo], ...settled(old), checked: [failing(2)] }],
  ['Degraded', 'crashed: exit code 1', { services: [echo], instances: [exited(old)] }],
  [
    'Degraded',
    'unresponsive: no answer',
    { services: [echo], ...settled(old), checked: [failing(3)] },
  ],
  ['Degraded', 'drift is being healed', { services: [echo], ...settled(drifted('resources.cpu')) }],
  ['Degraded', 'not routed: no answer', { services: [echo], ...settled(old), routes: AWAY }],
  ['Updating', 'command changed', { services: [next], ...settled(old) }],
  ['Updating', 'command changed', { services: [next], instances: [exited(old), made] }],
  [
    'Updating',
    'not verified yet',
    { services: [next], instances: [made], ...history({ releases: [good(echo)] }) },
  ],
  ['Updating', 'steps are running', { services: [next], ...settled(old), busy: new Set(['echo']) }],
  [
    'Failed',
    'not verified in time: no answer',
    { services: [echo], instances: [old], checked: [unverified], ...late },
  ],
  [
    'Failed',
    'not verified in time: no answer',
    {
      services: [next],
      instances: [exited(old), made],
      checked: [{ ...unverified, instanceId: made.id, startedAtMs: START_MS }],
      ...late,
    },
  ],
  [
    'Degraded',
    'unresponsive: not verified in time: no answer',
    { services: [echo], instances: [old], checked: [unverified], ...late, ...passedBefore },
  ],
  [
    'Failed',
    'not verified in time: no answer',
    {
      services: [{ ...echo, verify: { ...echo.verify, startupMs: 61_000 } }],
      instances: [old],
      checked: [unverified],
      nowMs: START_MS + 1_000,
    },
  ],
  [
    'CrashLoop',
    'crashed: exit code 1, 2 restarts so far',
    {
      services: [echo],
      instances: [exited(old)],
      ...history({ restarts: { count: 2, lastMs: START_MS, total: 7 } }),
    },
  ],
  ['Stopped', 'power is off', { services: [{ ...echo, power: 'off' }], instances: [exited(old)] }],
  ['Paused', 'paused by request', { services: [next], ...settled(old), ...asked('pause') }],
  ['Frozen', 'echo.yaml is broken', { frozen: [BROKEN], ...settled(old) }],
  ['Frozen', 'echo.yaml is broken', { services: [echo], frozen: [BROKEN], ...settled(old) }],
  [
    'Frozen',
    'runtime memory cannot be observed: no answer',
    { services: [echo], observations: new Map([['memory', AWAY]]) },
  ],
  [
    'NeedsAuth',
    'it answers, and wants credentials',
    { services: [echo], ...settled(old), checked: [checkOf(old, { result: NEEDS_AUTH })] },
  ],
  ['Removing', 'no document names it', { services: [wanted('other')], ...settled(old) }],
];

describe('The one word for a service', () => {
  test.each(rows)('is %s: %s', (state, cause, given) => {
    expect(statusOf(given)).toMatchObject({ state, cause });
  });

  test('is Blocked when it may not be removed, with the way out', () => {
    const status = statusOf({ incomplete: 'b.yaml cannot be read', ...settled(old) });
    expect(status?.state).toBe('Blocked');
    expect(status?.cause).toBe(
      'removal blocked: b.yaml cannot be read; mend the document, or `mcp-manager remove NAME`',
    );
  });
});

describe('A service that wants credentials', () => {
  const asks = { instances: [exited(old), made], checked: [checkOf(made, { result: NEEDS_AUTH })] };

  test('passes the gate where the release before was the same, or unknown', () => {
    expect(
      statusOf({
        services: [next],
        instances: [made],
        routed: [routeTo(made)],
        checked: asks.checked,
      })?.state,
    ).toBe('NeedsAuth');
  });

  test('does not pass where the release before needed none', () => {
    const past = history({ releases: [good(echo)] });
    expect(statusOf({ services: [next], ...asks, ...past })?.state).toBe('Updating');
    expect(statusOf({ services: [next], ...asks, ...past, ...late })).toMatchObject({
      state: 'RollingBack',
      cause: `rolled back to ${old.release}: not verified in time: answers 401, unlike the release before`,
    });
  });

  test('does not pass either where only a secret or the image is another one', () => {
    const past = history({ releases: [good(echo, { release: 'r1-before' })] });
    const given = { services: [next], ...asks, instances: [made], ...past };
    expect(statusOf(given)?.state).toBe('Updating');
    const same = history({ releases: [good(next)] });
    expect(statusOf({ ...given, routed: [routeTo(made)], ...same })?.state).toBe('NeedsAuth');
  });
});

describe('A status', () => {
  test('of a running service says where it is and what it offers', () => {
    expect(statusOf({ services: [echo], ...settled(old), ...history({ changedAtMs: 5 }) })).toEqual(
      {
        name: 'echo',
        state: 'Running',
        cause: '',
        conditions: [
          { type: 'Accepted', status: 'True', reason: 'DocumentValid', message: '', sinceMs: 5 },
          {
            type: 'Available',
            status: 'True',
            reason: 'Routed',
            message: '',
            sinceMs: START_MS - 60_000,
          },
          {
            type: 'Verified',
            status: 'True',
            reason: 'HandshakePassed',
            message: '',
            sinceMs: START_MS - 60_000,
          },
        ],
        runtime: 'memory',
        origin: 'file',
        labels: {},
        revision: old.revision,
        release: old.release,
        slug: 'echo',
        url: 'http://router.test/mcp/echo',
        era: 'modern',
        tools: 1,
        startedAtMs: START_MS - 60_000,
        restarts: 0,
        changedAtMs: 5,
      },
    );
  });

  test('of a service that is late says since when', () => {
    const past = history({ changedAtMs: START_MS - 60_000 });
    const given = { services: [echo], instances: [old], checked: [unverified], ...late, ...past };
    const deadlineMs = (old.startedAtMs ?? 0) + (echo.verify.startupMs ?? echo.rollout.deadlineMs);
    expect(statusOf(given)).toMatchObject({ state: 'Failed', changedAtMs: deadlineMs });
  });

  test('of an ailing service has its last output lines, and when it is tried again', () => {
    const past = history({ restarts: { count: 2, lastMs: START_MS, total: 7 }, lastLog: ['boom'] });
    expect(statusOf({ services: [echo], instances: [exited(old)], ...past })).toMatchObject({
      lastLog: ['boom'],
      restarts: 7,
      untilMs: START_MS + 2_000,
    });
  });

  test('is available while the old release still serves, or when nothing is to be checked', () => {
    expect(conditionOf({ services: [next], ...settled(old) }, 'Available')).toBe('True Routed');
    const unchecked = { ...echo, verify: { ...echo.verify, kind: 'none' as const } };
    const given = { services: [unchecked], instances: [old], routed: [routeTo(old)] };
    expect(conditionOf(given, 'Available')).toBe('True Routed');
  });

  test('is not available without its route or while it is down', () => {
    expect(conditionOf({ services: [echo], ...settled(old), routed: [] }, 'Available')).toBe(
      'False Starting',
    );
    const given = { services: [echo], ...settled(old), instances: [exited(old)] };
    expect(conditionOf(given, 'Available')).toBe('False Degraded');
    expect(conditionOf(given, 'Verified')).toBe('Unknown NotChecked');
  });

  test('is not accepted while its document is broken', () => {
    expect(conditionOf({ services: [echo], frozen: [BROKEN] }, 'Accepted')).toBe('False Frozen');
  });
});

function conditionOf(overrides: InputOverrides, type: string): string {
  const condition = statusOf(overrides)?.conditions.find((one) => one.type === type);
  return `${condition?.status} ${condition?.reason}`;
}
