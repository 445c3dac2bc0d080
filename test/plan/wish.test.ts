import { routeTo, settled } from '../helpers/plan-input.ts';
import {
  BROKEN,
  asked,
  created,
  echo,
  exited,
  failed,
  history,
  made,
  next,
  old,
  says,
  serves,
} from '../helpers/plan-table.ts';
import { START_MS } from '../helpers/services.ts';

says('A failed step', [
  [
    'backs off',
    { services: [echo], ...failed(echo, { count: 9 }) },
    [
      'wait until back-off-ends (attempt 9 failed: TIMED_OUT too slow; until 00:04:05)',
      'create OLD (not found)',
      'start OLD (not found)',
      ...serves('OLD'),
    ],
  ],
  [
    'is repeated when the time is over',
    { services: [echo], ...failed(echo, { lastMs: START_MS - 300_000 }) },
    ['create OLD (not found)', 'start OLD (not found)', ...serves('OLD')],
  ],
  [
    'backs off when only the infrastructure failed, too',
    { services: [echo], ...failed(echo, { count: 9, kind: 'infrastructure' }) },
    [
      'wait until back-off-ends (attempt 9 failed: TIMED_OUT too slow; until 00:04:05)',
      'create OLD (not found)',
      'start OLD (not found)',
      ...serves('OLD'),
    ],
  ],
  [
    'waits for new input when it is terminal',
    { services: [echo], ...failed(echo, { kind: 'terminal', lastMs: 0 }) },
    [
      'wait until mended (TIMED_OUT too slow)',
      'create OLD (not found)',
      'start OLD (not found)',
      ...serves('OLD'),
    ],
  ],
  [
    'is forgotten with new input',
    { services: [next], ...failed(echo, { kind: 'terminal' }) },
    ['create NEW (not found)', 'start NEW (not found)', ...serves('NEW')],
  ],
  [
    'does not keep other steps from healing',
    {
      services: [echo],
      instances: [exited(old)],
      ...failed(echo, { kind: 'terminal', step: 'update' }),
    },
    [
      'drift runtime OLD: running -> crashed: exit code 1',
      'start OLD (crashed: exit code 1)',
      ...serves('OLD'),
    ],
  ],
  [
    'keeps the old one running until the start may be tried',
    {
      services: [next],
      instances: [old, created(made)],
      ...failed(next, { count: 9, step: 'start', kind: 'infrastructure' }),
    },
    [
      'wait until back-off-ends (attempt 9 failed: TIMED_OUT too slow; until 00:04:05)',
      'stop OLD (command changed)',
      'start NEW (command changed)',
      ...serves('NEW'),
      'remove OLD (command changed)',
    ],
  ],
  [
    'does not wait for times from before the clock was set back',
    { services: [echo], ...failed(echo, { lastMs: START_MS + 3_600_000 }) },
    ['create OLD (not found)', 'start OLD (not found)', ...serves('OLD')],
  ],
  [
    'gets one attempt at once when somebody asks for it',
    {
      services: [echo],
      ...failed(echo, { kind: 'terminal', lastMs: START_MS - 1 }),
      ...asked('restart'),
    },
    ['create OLD (not found)', 'start OLD (not found)', ...serves('OLD')],
  ],
  [
    'gets no second attempt for the same wish',
    { services: [echo], ...failed(echo, { kind: 'terminal' }), ...asked('restart') },
    [
      'wait until mended (TIMED_OUT too slow)',
      'create OLD (not found)',
      'start OLD (not found)',
      ...serves('OLD'),
    ],
  ],
  [
    'gets no attempt for a wish of a later time, when the clock was set back',
    { services: [echo], ...failed(echo, { count: 9 }), ...asked('restart', START_MS + 3_600_000) },
    [
      'wait until back-off-ends (attempt 9 failed: TIMED_OUT too slow; until 00:04:05)',
      'create OLD (not found)',
      'start OLD (not found)',
      ...serves('OLD'),
    ],
  ],
]);

says('A wish', [
  [
    'to restart stops and starts',
    { services: [echo], ...settled(old), ...asked('restart') },
    ['stop OLD (asked by ann)', 'start OLD (asked by ann)', ...serves('OLD')],
  ],
  [
    'to restart goes on after the stop',
    { services: [echo], instances: [exited(old)], ...asked('restart') },
    ['start OLD (asked by ann)', ...serves('OLD')],
  ],
  [
    'to restart holds when the instance started later',
    { services: [echo], ...settled(old), ...asked('restart', START_MS - 60_001) },
    [],
  ],
  [
    'to restart does not wait for a crash loop',
    {
      services: [echo],
      instances: [exited(old)],
      ...asked('restart'),
      ...history({ restarts: { count: 9, lastMs: START_MS, total: 9 } }),
    },
    ['start OLD (asked by ann)', ...serves('OLD')],
  ],
  [
    'to pause holds everything, also a change',
    { services: [next], ...settled(old), ...asked('pause') },
    ['wait until unpaused (paused by request)'],
  ],
  [
    'to pause holds a removal too',
    { services: [], ...settled(old), ...asked('pause') },
    ['wait until unpaused (paused by request)'],
  ],
  [
    'to forget lets it run and removes nothing',
    { ...settled(old), ...asked('forget') },
    ['unroute echo (let go running)', 'forget OLD (let go running)'],
  ],
  [
    'cannot move what is out of sight',
    {
      services: [echo],
      observations: new Map([['memory', { ok: false, cause: 'no answer' }]]),
      ...asked('restart'),
    },
    ['wait until observed (runtime memory cannot be observed: no answer)'],
  ],
]);

says('What cannot be read or seen', [
  [
    'freezes a service without a good version where it is',
    { frozen: [BROKEN], ...settled(old) },
    ['wait until mended (echo.yaml is broken)'],
  ],
  [
    'lets the last good version be healed',
    { services: [echo], frozen: [BROKEN], instances: [exited(old)] },
    [
      'drift runtime OLD: running -> crashed: exit code 1',
      'start OLD (crashed: exit code 1)',
      ...serves('OLD'),
    ],
  ],
  [
    'freezes the services of a runtime that does not answer',
    {
      services: [next],
      observations: new Map([['memory', { ok: false, cause: 'no answer' }]]),
      routed: [routeTo(old)],
    },
    ['wait until observed (runtime memory cannot be observed: no answer)'],
  ],
  [
    'freezes the services of a runtime that was not opened',
    { services: [echo], observations: new Map() },
    ['wait until observed (runtime memory is not available here)'],
  ],
  [
    'keeps the route of a service that may still be there',
    {
      observations: new Map([['memory', { ok: false, cause: 'no answer' }]]),
      routed: [routeTo(old)],
    },
    [
      'blocked REMOVAL_UNOBSERVED, runtime memory cannot be observed (it goes on when the runtime answers again)',
      'wait until allowed (removal blocked: runtime memory cannot be observed)',
    ],
  ],
]);
