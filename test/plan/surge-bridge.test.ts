import { expect, test } from 'vitest';
import { plan } from '../../src/plan/plan.ts';
import { inputOf, routeTo } from '../helpers/plan-input.ts';
import { asked, says } from '../helpers/plan-table.ts';
import { START_MS } from '../helpers/services.ts';
import {
  checks,
  childOne,
  childTwo,
  w1,
  w2,
  past,
  switched,
  nth,
  several,
  times,
} from '../helpers/surge-table.ts';

const draining = {
  ...routeTo(childTwo),
  draining: [{ instance: childOne.name, url: childOne.url ?? '' }],
};
const children = {
  services: [w2],
  instances: [childOne, childTwo],
  checked: checks(childOne, childTwo),
} as const;

says(
  'A server behind the bridge',
  [
    [
      'keeps the sessions of the old one in the route when it is switched',
      { ...children, routed: [routeTo(childOne)], ...past({}, w1) },
      [
        'route echo to TWO (its instance moved)',
        'wait until drained (open calls may take 30s to end)',
        'route echo to TWO (the last calls have ended)',
        'stop ONE (command changed)',
        'remove ONE (command changed)',
      ],
    ],
    [
      'keeps them while they are open',
      {
        ...children,
        routed: [draining],
        openCalls: new Map([[childOne.name, 20]]),
        ...past(switched([childTwo], [childOne]), w1),
      },
      [
        'wait until drained (20 open calls may end; until 00:00:28)',
        'route echo to TWO (the last calls have ended)',
        'stop ONE (command changed)',
        'remove ONE (command changed)',
      ],
    ],
    [
      'does not believe a count from before all calls have reached it',
      {
        ...children,
        routed: [draining],
        openCalls: new Map([[childOne.name, 0]]),
        ...past(switched([childTwo], [childOne], 500), w1),
      },
      [
        'wait until drained (open calls may end; until 00:00:29)',
        'route echo to TWO (the last calls have ended)',
        'stop ONE (command changed)',
        'remove ONE (command changed)',
      ],
    ],
    [
      'closes the route to the old one before that stops',
      {
        ...children,
        routed: [draining],
        openCalls: new Map([[childOne.name, 0]]),
        ...past(switched([childTwo], [childOne]), w1),
      },
      [
        'route echo to TWO (the last calls have ended)',
        'stop ONE (command changed)',
        'remove ONE (command changed)',
      ],
    ],
  ],
  { ONE: childOne, TWO: childTwo },
);

const childPair = [childOne, nth(childOne, 2)];
const toFirst = {
  ...routeTo(childOne),
  draining: childPair.slice(1).map(({ name, url = '' }) => ({ instance: name, url })),
};

says(
  'A server behind the bridge with several instances',
  [
    [
      'lets one go once its sessions have ended',
      { services: [w1], ...several(...childPair), ...past(switched(childPair, []), w1) },
      [
        'drift existence ONE-2: absent -> present',
        'route echo to ONE (its instance moved)',
        'wait until drained (open calls may take 30s to end)',
        'route echo to ONE (the last calls have ended)',
        'stop ONE-2 (one more than wanted)',
        'remove ONE-2 (one more than wanted)',
      ],
    ],
    [
      'keeps the sessions of the one that goes meanwhile',
      {
        services: [w1],
        ...several(...childPair),
        routed: [toFirst],
        openCalls: new Map([[nth(childOne, 2).name, 2]]),
        ...past(switched([childOne], childPair), w1),
      },
      [
        'drift existence ONE-2: absent -> present',
        'wait until drained (2 open calls may end; until 00:00:28)',
        'route echo to ONE (the last calls have ended)',
        'stop ONE-2 (one more than wanted)',
        'remove ONE-2 (one more than wanted)',
      ],
    ],
    [
      'keeps the sessions of one that is too many in the midst of a change',
      {
        services: [w2],
        ...several(childTwo, nth(childTwo, 2)),
        instances: [childOne, childTwo, nth(childTwo, 2)],
        ...past(switched([childTwo, nth(childTwo, 2)], [childOne], 40_000), w1),
      },
      [
        'drift existence TWO-2: absent -> present',
        'route echo to TWO (its instance moved)',
        'wait until drained (open calls may take 30s to end)',
        'route echo to TWO (the last calls have ended)',
        'stop ONE (command changed)',
        'remove ONE (command changed)',
        'stop TWO-2 (one more than wanted)',
        'remove TWO-2 (one more than wanted)',
      ],
    ],
    [
      'keeps the sessions of each until it starts anew',
      {
        services: [times(2, w1)],
        ...several(...childPair),
        ...past(switched(childPair, []), w1),
        ...asked('restart', START_MS - 1),
      },
      [
        'route echo to ONE-2 (its instance moved)',
        'wait until drained (open calls may take 30s to end)',
        'route echo to ONE-2 (the last calls have ended)',
        'stop ONE (asked by ann)',
        'start ONE (asked by ann)',
        'wait until verified (not verified yet)',
        'route echo to ONE (to the verified instance)',
        'wait until drained (open calls may take 30s to end)',
        'route echo to ONE (the last calls have ended)',
        'stop ONE-2 (asked by ann)',
        'start ONE-2 (asked by ann)',
        'wait until verified (not verified yet)',
        'route echo to ONE, ONE-2 (to the verified instance)',
      ],
    ],
  ],
  { ONE: childOne, TWO: childTwo },
);

test('The last calls of an old one end at the path that its successor has, whatever path comes next', () => {
  const moved = { ...w2, spec: { ...w2.spec, path: '/next' }, revision: 'v1-next' };
  const [planned] = plan(
    inputOf({
      ...children,
      services: [moved],
      routed: [draining],
      openCalls: new Map([[childOne.name, 0]]),
      ...past(switched([childTwo], [childOne]), w1),
    }),
  ).services;
  expect(planned?.road[0]).toMatchObject({ kind: 'route', route: routeTo(childTwo) });
});
