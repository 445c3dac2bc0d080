import type { Instance } from '../../src/model/instance.ts';
import { asked, exited, says } from '../helpers/plan-table.ts';
import { START_MS } from '../helpers/services.ts';
import {
  v1,
  v2,
  one,
  two,
  proven,
  checks,
  strikes,
  WORDS,
  past,
  switched,
  nth,
  several,
  times,
  starts,
  proves,
  leaves,
} from '../helpers/surge-table.ts';

const pair = [one, nth(one, 2)];
const served = (...of: readonly Instance[]) => past(switched(of, []));

says(
  'A service of several instances',
  [
    [
      'starts them together',
      { services: [times(2, v1)] },
      [
        'create ONE (not found)',
        'create ONE-2 (not found)',
        'start ONE (not found)',
        'start ONE-2 (not found)',
        'wait until verified (not verified yet)',
        'route echo to ONE, ONE-2 (to the verified instance)',
      ],
    ],
    [
      'is left alone where all are well',
      { services: [times(2, v1)], ...several(...pair), ...served(...pair) },
      [],
    ],
    [
      'changes one after the other',
      { services: [times(2, v2)], ...several(...pair), ...served(...pair) },
      [
        ...starts('TWO'),
        ...proves('ONE, TWO'),
        ...leaves('ONE-2'),
        ...starts('TWO-2'),
        ...proves('TWO, TWO-2'),
        ...leaves('ONE'),
      ],
    ],
    [
      'makes the second once the first has taken over',
      {
        services: [times(2, v2)],
        ...several(one, proven),
        instances: [...pair, proven],
        checked: checks(...pair, proven),
        openCalls: new Map([[nth(one, 2).name, 0]]),
        ...past(switched([one, proven], pair)),
      },
      [
        'stop ONE-2 (command changed)',
        'remove ONE-2 (command changed)',
        ...starts('TWO-2'),
        ...proves('TWO, TWO-2'),
        ...leaves('ONE'),
      ],
    ],
    [
      'with fewer of them wanted by the same change loses those first that are too many',
      { services: [v2], ...several(...pair), ...served(...pair) },
      [
        'route echo to ONE (its instance moved)',
        'wait until drained (open calls may take 30s to end)',
        'stop ONE-2 (command changed)',
        'remove ONE-2 (command changed)',
        ...starts('TWO'),
        ...proves('TWO'),
        ...leaves('ONE'),
      ],
    ],
    [
      'with fewer of them wanted keeps the one that answers',
      {
        services: [v1],
        ...several(...pair),
        checked: [strikes(one, 3), ...checks(nth(one, 2))],
        ...served(...pair),
      },
      [
        'drift existence ONE: absent -> present',
        'route echo to ONE-2 (its instance moved)',
        'wait until drained (open calls may take 30s to end)',
        'stop ONE (one more than wanted)',
        'remove ONE (one more than wanted)',
      ],
    ],
    [
      'loses none while nobody knows which of them has the traffic',
      {
        services: [v1],
        ...several(...pair),
        routes: { ok: false, cause: 'no router' },
        ...served(...pair),
      },
      [
        'drift existence ONE-2: absent -> present',
        'wait until observed (not routed: no router)',
        'stop ONE-2 (one more than wanted)',
        'remove ONE-2 (one more than wanted)',
      ],
    ],
    [
      'loses none in the midst of a change while nobody knows which of them has the traffic',
      {
        services: [v2],
        ...several(proven, nth(proven, 2)),
        instances: [one, proven, nth(proven, 2)],
        checked: checks(one, proven, nth(proven, 2)),
        routes: { ok: false, cause: 'no router' },
        ...served(proven, nth(proven, 2)),
      },
      [
        'drift existence TWO-2: absent -> present',
        'wait until observed (not routed: no router)',
        'stop ONE (command changed)',
        'remove ONE (command changed)',
        'stop TWO-2 (one more than wanted)',
        'remove TWO-2 (one more than wanted)',
      ],
    ],
    [
      'gets one more',
      { services: [times(2, v1)], ...several(one), ...served(one) },
      [
        'create ONE-2 (1 of 2 instances missing)',
        'start ONE-2 (1 of 2 instances missing)',
        'wait until verified (not verified yet)',
        'route echo to ONE, ONE-2 (to the verified instance)',
      ],
    ],
    [
      'lets one go',
      { services: [v1], ...several(...pair), ...served(...pair) },
      [
        'drift existence ONE-2: absent -> present',
        'route echo to ONE (its instance moved)',
        'wait until drained (open calls may take 30s to end)',
        'stop ONE-2 (one more than wanted)',
        'remove ONE-2 (one more than wanted)',
      ],
    ],
    [
      'goes on without one that crashed, and starts it again',
      {
        services: [times(2, v1)],
        ...several(...pair),
        instances: [one, exited(nth(one, 2))],
        checked: checks(one),
        ...served(...pair),
      },
      [
        'drift runtime ONE-2: running -> crashed: exit code 1',
        'route echo to ONE (its instance moved)',
        'start ONE-2 (crashed: exit code 1)',
        'wait until verified (not verified yet)',
        'route echo to ONE, ONE-2 (to the verified instance)',
      ],
    ],
    [
      'restarts one after the other',
      {
        services: [times(2, v1)],
        ...several(...pair),
        ...served(...pair),
        ...asked('restart', START_MS - 1),
      },
      [
        'route echo to ONE-2 (its instance moved)',
        'wait until drained (open calls may take 30s to end)',
        'stop ONE (asked by ann)',
        'start ONE (asked by ann)',
        'wait until verified (not verified yet)',
        'route echo to ONE (to the verified instance)',
        'wait until drained (open calls may take 30s to end)',
        'stop ONE-2 (asked by ann)',
        'start ONE-2 (asked by ann)',
        'wait until verified (not verified yet)',
        'route echo to ONE, ONE-2 (to the verified instance)',
      ],
    ],
    [
      'gives up what fails at the first, before the second is touched',
      {
        services: [times(2, v2)],
        ...several(...pair),
        instances: [...pair, exited(two)],
        ...served(...pair),
      },
      [`remove TWO (rolled back to ${one.release}: crashed: exit code 1)`],
    ],
  ],
  WORDS,
);
