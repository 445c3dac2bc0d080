import { checkOf, routeTo, settled } from '../helpers/plan-input.ts';
import { created, exited, says } from '../helpers/plan-table.ts';
import { START_MS } from '../helpers/services.ts';
import {
  rollout,
  v1,
  v2,
  v3,
  one,
  two,
  proven,
  checks,
  WORDS,
  past,
  change,
  switched,
  starts,
  proves,
  leaves,
} from '../helpers/surge-table.ts';

const LEGACY = {
  verification: checkOf(one, { result: { outcome: 'verified', era: 'legacy', tools: [] } }),
};

says(
  'A change beside what serves',
  [
    ['shows the whole road', change({}), [...starts('TWO'), ...proves('TWO'), ...leaves('ONE')]],
    [
      'goes on once the new one was made',
      change({ instances: [one, created(two)] }),
      ['start TWO (command changed)', ...proves('TWO'), ...leaves('ONE')],
    ],
    [
      'goes on once the new one was started',
      change({ instances: [one, two] }),
      [
        'wait until verified (not verified yet; until 00:02:00)',
        'wait until stable (it must run well for 10s first)',
        'route echo to TWO (its instance moved)',
        ...leaves('ONE'),
      ],
    ],
    [
      'tells that the sessions of a server of the legacy era end',
      change({ instances: [one, proven], checked: checks(one, proven), ...past(LEGACY) }),
      ['route echo to TWO (its instance moved; sessions of older clients end)', ...leaves('ONE')],
    ],
    [
      'waits until the verified one has run well for a while',
      change({ instances: [one, two], checked: checks(one, two) }),
      [
        'wait until stable (it must run well for 10s first; until 00:00:10)',
        'route echo to TWO (its instance moved)',
        ...leaves('ONE'),
      ],
    ],
    [
      'waits for nothing where it need not run for a while',
      change({
        services: [{ ...v2, rollout: { ...rollout, stableForMs: 0 } }],
        instances: [one, two],
        checked: checks(one, two),
      }),
      ['route echo to TWO (its instance moved)', ...leaves('ONE')],
    ],
    [
      'leads the traffic to what has proven itself',
      change({ instances: [one, proven], checked: checks(one, proven) }),
      ['route echo to TWO (its instance moved)', ...leaves('ONE')],
    ],
    [
      'waits while calls are open at the old one',
      change({
        instances: [one, proven],
        checked: checks(one, proven),
        routed: [routeTo(proven)],
        openCalls: new Map([[one.name, 3]]),
        ...past(switched([proven], [one])),
      }),
      [
        'wait until drained (3 open calls may end; until 00:00:28)',
        'stop ONE (command changed)',
        'remove ONE (command changed)',
      ],
    ],
    [
      'waits the whole time where nobody counts the calls',
      change({
        instances: [one, proven],
        checked: checks(one, proven),
        routed: [routeTo(proven)],
        ...past(switched([proven], [one])),
      }),
      [
        'wait until drained (open calls may end; until 00:00:28)',
        'stop ONE (command changed)',
        'remove ONE (command changed)',
      ],
    ],
    [
      'lets the old one go once its calls have ended',
      change({
        instances: [one, proven],
        checked: checks(one, proven),
        routed: [routeTo(proven)],
        openCalls: new Map([[one.name, 0]]),
        ...past(switched([proven], [one])),
      }),
      ['stop ONE (command changed)', 'remove ONE (command changed)'],
    ],
    [
      'lets the old one go once its time is over',
      change({
        instances: [one, proven],
        checked: checks(one, proven),
        routed: [routeTo(proven)],
        openCalls: new Map([[one.name, 3]]),
        ...past(switched([proven], [one], 30_000)),
      }),
      ['stop ONE (command changed)', 'remove ONE (command changed)'],
    ],
    [
      'removes the old one once it was stopped',
      change({
        instances: [exited(one), proven],
        checked: checks(proven),
        routed: [routeTo(proven)],
        ...past({ ...switched([proven], [one]), stoppedInstanceId: one.id }),
      }),
      ['remove ONE (command changed)'],
    ],
    ['ends with the removal of the old one', change(settled(proven)), []],
    [
      'stops nothing while the router cannot be observed',
      change({
        instances: [one, proven],
        checked: checks(one, proven),
        routes: { ok: false, cause: 'no answer' },
      }),
      [
        'wait until observed (not routed: no answer)',
        'stop ONE (command changed)',
        'remove ONE (command changed)',
      ],
    ],
    [
      'lets nobody drain who never had the traffic: a newer change takes over midway',
      change({ services: [v3], instances: [one, proven], checked: checks(one, proven) }),
      [
        'stop TWO (command changed)',
        'remove TWO (command changed)',
        ...starts('THREE'),
        ...proves('THREE'),
        ...leaves('ONE'),
      ],
    ],
    [
      'goes back where it is taken back midway',
      change({ services: [v1], instances: [one, two], checked: checks(one) }),
      ['stop TWO (command changed)', 'remove TWO (command changed)'],
    ],
    [
      'is none for a service that is stopped',
      change({
        instances: [exited(one)],
        routed: [],
        checked: [],
        ...past({ stoppedInstanceId: one.id }),
      }),
      [
        ...starts('TWO'),
        'wait until verified (not verified yet)',
        'route echo to TWO (to the verified instance)',
        'wait until stable (it must run well for 10s first)',
        'remove ONE (command changed)',
      ],
    ],
  ],
  WORDS,
);

const alone = { ...rollout, strategy: 'recreate' } as const;
const writer = { ...v2, rollout: alone };

says(
  'A service that may run only once',
  [
    [
      'stops the old one first, and keeps it',
      change({ services: [writer] }),
      [
        'create TWO (command changed)',
        'stop ONE (command changed)',
        'start TWO (command changed)',
        'wait until verified (not verified yet)',
        'route echo to TWO (to the verified instance)',
        'wait until stable (it must run well for 10s first)',
        'remove ONE (command changed)',
      ],
    ],
    [
      'keeps the old one until the new one has proven itself',
      change({
        services: [writer],
        instances: [exited(one), two],
        checked: checks(two),
        routed: [routeTo(two)],
        ...past({ ...switched([two], [one]), stoppedInstanceId: one.id }),
      }),
      [
        'wait until stable (it must run well for 10s first; until 00:00:10)',
        'remove ONE (command changed)',
      ],
    ],
    [
      'goes back to the old one where the new one fails',
      change({
        services: [writer],
        instances: [exited(one, START_MS - 1_000), exited(two)],
        checked: [],
        ...past({ stoppedInstanceId: one.id }),
      }),
      [
        'start ONE (it was stopped)',
        'wait until verified (not verified yet)',
        'route echo to ONE (to the verified instance)',
        `remove TWO (rolled back to ${one.release}: crashed: exit code 1)`,
      ],
    ],
  ],
  WORDS,
);
