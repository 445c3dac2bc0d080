import { expect, test } from 'vitest';
import type { ServiceHistory } from '../../src/model/history.ts';
import { desiredDigest, releaseOf } from '../../src/model/revision.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { plan } from '../../src/plan/plan.ts';
import { checkOf, inputOf, type InputOverrides, routeTo, settled } from '../helpers/plan-input.ts';
import { asked, created, exited, failed, says } from '../helpers/plan-table.ts';
import { found, good, START_MS } from '../helpers/services.ts';
import {
  MINUTE_MS,
  rollout,
  v1,
  v2,
  v3,
  one,
  two,
  proven,
  checks,
  refused,
  strikes,
  WORDS,
  past,
  change,
  switched,
  starts,
  proves,
  leaves,
} from '../helpers/surge-table.ts';

const hold = { ...v2, rollout: { ...rollout, onFailure: 'hold' } } as const;
const late = found(v2, { startedAtMs: START_MS - 3 * MINUTE_MS });
const condemned = (of: DesiredService, parts: object = {}) => ({
  condemned: {
    release: releaseOf({ revision: v2.revision, secretVersions: {} }),
    desiredDigest: desiredDigest(of),
    settings: checkOf(two).settings,
    cause: 'crashed: exit code 1',
    atMs: START_MS - 1_000,
    ...parts,
  },
});

says(
  'A release that fails beside a good one',
  [
    [
      'goes at once where it crashes',
      change({ instances: [one, exited(two)] }),
      [`remove TWO (rolled back to ${one.release}: crashed: exit code 1)`],
    ],
    [
      'goes at once where it is not verified in time',
      change({ instances: [one, late], checked: [checkOf(one), refused(late)] }),
      [
        `stop TWO (rolled back to ${one.release}: not verified in time: answered 500)`,
        `remove TWO (rolled back to ${one.release}: not verified in time: answered 500)`,
      ],
    ],
    [
      'has time to be verified before that',
      change({ instances: [one, two], checked: [checkOf(one), refused(two)] }),
      [
        'wait until verified (not verified yet: answered 500; until 00:02:00)',
        'wait until stable (it must run well for 10s first)',
        'route echo to TWO (its instance moved)',
        ...leaves('ONE'),
      ],
    ],
    [
      'goes at once where it hangs after it was verified',
      change({ instances: [one, two], checked: [checkOf(one), strikes(two, 3)] }),
      [
        `stop TWO (rolled back to ${one.release}: unresponsive: no answer)`,
        `remove TWO (rolled back to ${one.release}: unresponsive: no answer)`,
      ],
    ],
    [
      'is not judged while checks cannot be believed',
      change({
        instances: [one, two],
        checked: [checkOf(one), strikes(two, 3)],
        observer: { fault: { cause: 'most checks fail', untilMs: START_MS + MINUTE_MS } },
      }),
      [
        'wait until verified (most checks fail; until 00:01:00)',
        'wait until stable (it must run well for 10s first; until 00:00:10)',
        'route echo to TWO (its instance moved)',
        ...leaves('ONE'),
      ],
    ],
    [
      'goes at once where it cannot be started',
      change({
        instances: [one, created(two)],
        ...past(failure({ step: 'start', kind: 'terminal' })),
      }),
      [`remove TWO (rolled back to ${one.release}: TIMED_OUT too slow)`],
    ],
    [
      'is not given up for what ails the runtime',
      change({
        instances: [one, created(two)],
        ...past(failure({ step: 'start', kind: 'infrastructure' })),
      }),
      [
        'wait until back-off-ends (attempt 3 failed: TIMED_OUT too slow; until 00:00:00)',
        'start TWO (command changed)',
        ...proves('TWO'),
        ...leaves('ONE'),
      ],
    ],
    [
      'gives the traffic back where it fails after the switch',
      change({
        instances: [one, exited(proven)],
        checked: checks(one),
        routed: [routeTo(proven)],
        ...past(switched([proven], [one])),
      }),
      [
        'route echo to ONE (its instance moved)',
        `remove TWO (rolled back to ${one.release}: crashed: exit code 1)`,
      ],
    ],
    [
      'is kept where its document says so',
      change({ services: [hold], instances: [one, exited(two)] }),
      [
        'drift runtime TWO: running -> crashed: exit code 1',
        'start TWO (crashed: exit code 1)',
        ...proves('TWO'),
        ...leaves('ONE'),
      ],
    ],
    ['is not tried again by itself', change(past(condemned(v2))), []],
    [
      'is tried again with another input',
      change({ services: [{ ...v2, labels: { a: 'b' } }], ...past(condemned(v2)) }),
      [...starts('TWO'), ...proves('TWO'), ...leaves('ONE')],
    ],
    [
      'is tried again with other checks',
      change(past(condemned(v2, { settings: 'others' }))),
      [...starts('TWO'), ...proves('TWO'), ...leaves('ONE')],
    ],
    [
      'is tried again for whoever asks for a restart',
      change({ ...past(condemned(v2)), ...asked('restart') }),
      [...starts('TWO'), ...proves('TWO'), ...leaves('ONE')],
    ],
    [
      'is tried again for whoever asks after the clock was set back',
      change({
        ...past(condemned(v2, { answers: [] })),
        ...asked('restart', START_MS - MINUTE_MS),
      }),
      [...starts('TWO'), ...proves('TWO'), ...leaves('ONE')],
    ],
    [
      'is not tried again for a restart that was there then, whatever its time, nor is the good one started anew for it',
      change({ ...past(condemned(v2, { answers: ['restart-1'] })), ...asked('restart') }),
      [],
    ],
    [
      'is not tried again for a restart from before, nor is the good one started anew for it',
      change({ ...past(condemned(v2)), ...asked('restart', START_MS - 2_000) }),
      [],
    ],
  ],
  WORDS,
);

function failure(parts: Parameters<typeof failed>[1]): ServiceHistory {
  return failed(v2, parts).histories.get('echo') ?? {};
}

const pin = (of: DesiredService): Pick<InputOverrides, 'requests'> => ({
  requests: [
    {
      id: 'pin-1',
      kind: 'pin',
      service: 'echo',
      by: 'ann',
      atMs: START_MS,
      release: one.release,
      desiredDigest: desiredDigest(of),
    },
  ],
});
const both = { releases: [good(v2), good(v1)] };

says(
  'A request to go back',
  [
    [
      'is a change like any other',
      change({ ...settled(proven), ...past(both), ...pin(v2) }),
      [
        `create ONE (rolled back to ${one.release}, asked by ann)`,
        `start ONE (rolled back to ${one.release}, asked by ann)`,
        ...proves('ONE'),
        'wait until drained (open calls may take 30s to end)',
        `stop TWO (rolled back to ${one.release}, asked by ann)`,
        `remove TWO (rolled back to ${one.release}, asked by ann)`,
      ],
    ],
    ['holds while the document stays', change({ ...past(both), ...pin(v2) }), []],
    [
      'ends when the document changes',
      change({ services: [v3], ...past(both), ...pin(v2) }),
      [...starts('THREE'), ...proves('THREE'), ...leaves('ONE')],
    ],
  ],
  WORDS,
);

test('A release that is given up has answered who asked for a restart before', () => {
  const given = { instances: [one, exited(two)], ...asked('restart', START_MS + MINUTE_MS) };
  const [planned] = plan(inputOf(change(given))).services;
  expect(planned?.verdict).toMatchObject({ release: { answers: ['restart-1'] } });
  expect(planned?.spent).toEqual(['restart-1']);
});

test.each([
  ['good once it has proven itself', [one, proven], checks(one, proven), 'good'],
  ['good no sooner than that', [one, two], checks(one, two), undefined],
  ['given up where it crashes', [one, exited(two)], checks(one), 'condemned'],
  ['given up by nobody before it was checked', [one, two], checks(one), undefined],
])('A new release is %s', (_when, instances, checked, kind) => {
  const [planned] = plan(inputOf(change({ instances, checked }))).services;
  expect(planned?.verdict?.kind).toBe(kind);
});
