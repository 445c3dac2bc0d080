import { checkOf, settled } from '../helpers/plan-input.ts';
import {
  asked,
  drifted,
  echo,
  exited,
  failing,
  history,
  made,
  next,
  old,
  says,
  serves,
} from '../helpers/plan-table.ts';
import { START_MS } from '../helpers/services.ts';

says('A service that fails', [
  [
    'is started at once after its first crash',
    { services: [echo], ...settled(old), instances: [exited(old)] },
    [
      'drift runtime OLD: running -> crashed: exit code 1',
      'start OLD (crashed: exit code 1)',
      ...serves('OLD'),
    ],
  ],
  [
    'waits one second before its second restart',
    {
      services: [echo],
      instances: [exited(old)],
      ...history({ restarts: { count: 1, lastMs: START_MS - 5000, total: 1 } }),
    },
    [
      'drift runtime OLD: running -> crashed: exit code 1',
      'wait until back-off-ends (crashed: exit code 1, 1 restart so far; until 00:00:01)',
      'start OLD (crashed: exit code 1)',
      ...serves('OLD'),
    ],
  ],
  [
    'waits a minute at most',
    {
      services: [echo],
      instances: [exited(old)],
      ...history({ restarts: { count: 99, lastMs: START_MS - 5000, total: 99 } }),
    },
    [
      'drift runtime OLD: running -> crashed: exit code 1',
      'wait until back-off-ends (crashed: exit code 1, 99 restarts so far; until 00:01:00)',
      'start OLD (crashed: exit code 1)',
      ...serves('OLD'),
    ],
  ],
  [
    'is started at once after ten minutes of health',
    {
      services: [echo],
      instances: [exited(old)],
      ...history({ restarts: { count: 99, lastMs: START_MS - 600_000, total: 99 } }),
    },
    [
      'drift runtime OLD: running -> crashed: exit code 1',
      'start OLD (crashed: exit code 1)',
      ...serves('OLD'),
    ],
  ],
  [
    'does not wait for times from before the clock was set back',
    {
      services: [echo],
      instances: [exited(old)],
      ...history({ restarts: { count: 3, lastMs: START_MS + 3_600_000, total: 3 } }),
    },
    [
      'drift runtime OLD: running -> crashed: exit code 1',
      'start OLD (crashed: exit code 1)',
      ...serves('OLD'),
    ],
  ],
  [
    'backs off in the midst of a rollout too',
    {
      services: [next],
      instances: [exited(old, START_MS - 9), exited(made)],
      ...history({ restarts: { count: 2, lastMs: START_MS, total: 2 } }),
    },
    [
      'drift runtime NEW: running -> crashed: exit code 1',
      'wait until back-off-ends (crashed: exit code 1, 2 restarts so far; until 00:00:02)',
      'start NEW (crashed: exit code 1)',
      ...serves('NEW'),
      'remove OLD (command changed)',
    ],
  ],
  [
    'goes back to the release before without waiting',
    {
      services: [echo],
      instances: [exited(old, START_MS - 9), exited(made)],
      ...history({ restarts: { count: 5, lastMs: START_MS, total: 5 } }),
    },
    ['start OLD (it was stopped)', ...serves('OLD'), 'remove NEW (command changed)'],
  ],
  [
    'is left alone until its third strike',
    { services: [echo], ...settled(old), checked: [failing(2)] },
    [],
  ],
  [
    'is restarted after three strikes',
    { services: [echo], ...settled(old), checked: [failing(3)] },
    [
      'drift runtime OLD: running -> unresponsive: no answer',
      'stop OLD (unresponsive: no answer)',
      'start OLD (unresponsive: no answer)',
      ...serves('OLD'),
    ],
  ],
  [
    'is left alone while the observer is at fault',
    {
      services: [echo],
      ...settled(old),
      checked: [failing(3)],
      observer: { fault: { cause: 'we were late', untilMs: START_MS + 60_000 } },
    },
    ['wait until verified (we were late; until 00:01:00)'],
  ],
  [
    'is restarted once the doubt is over',
    {
      services: [echo],
      ...settled(old),
      checked: [failing(3)],
      observer: { fault: { cause: 'we were late', untilMs: START_MS } },
    },
    [
      'drift runtime OLD: running -> unresponsive: no answer',
      'stop OLD (unresponsive: no answer)',
      'start OLD (unresponsive: no answer)',
      ...serves('OLD'),
    ],
  ],
  [
    'is restarted when somebody paused it from outside',
    { services: [echo], ...settled(old), instances: [{ ...old, state: 'paused' }] },
    [
      'drift runtime OLD: running -> paused from outside',
      'stop OLD (paused from outside)',
      'start OLD (paused from outside)',
      ...serves('OLD'),
    ],
  ],
  [
    'waits for its first verification without a restart',
    {
      services: [echo],
      instances: [old],
      checked: [
        {
          instanceId: old.id,
          startedAtMs: START_MS - 60_000,
          settings: checkOf(old).settings,
          result: { outcome: 'failed', message: 'no answer' },
          atMs: START_MS,
          strikes: 9,
        },
      ],
    },
    [
      'wait until verified (not verified yet: no answer; until 00:01:00)',
      'route echo to OLD (not routed)',
    ],
  ],
]);

says('What drifted', [
  [
    'comes back in place where it is a limit',
    { services: [echo], ...settled(drifted('resources.memoryBytes')) },
    ['drift spec OLD resources.memoryBytes: a -> b', 'update OLD (its limits drifted)'],
  ],
  [
    'needs a new instance where it is anything else',
    { services: [echo], ...settled(drifted('network')) },
    [
      'drift spec OLD network: a -> b',
      'create OLD-2 (network drifted)',
      'stop OLD (network drifted)',
      'start OLD-2 (network drifted)',
      ...serves('OLD-2'),
      'remove OLD (network drifted)',
    ],
  ],
  [
    'goes where it is one more than wanted, and the one with the traffic stays',
    { services: [echo], ...settled(old), instances: [{ ...old, name: 'aaa', id: 'aaa' }, old] },
    [
      'drift existence aaa: absent -> present',
      'stop aaa (one more than wanted)',
      'remove aaa (one more than wanted)',
    ],
  ],
  [
    'is stopped before anything starts where it is one more',
    {
      services: [echo],
      ...settled(old),
      instances: [{ ...old, name: 'aaa', id: 'aaa' }, old],
      ...asked('restart'),
    },
    [
      'drift existence aaa: absent -> present',
      'stop aaa (asked by ann)',
      'stop OLD (asked by ann)',
      'start OLD (asked by ann)',
      ...serves('OLD'),
      'remove aaa (one more than wanted)',
    ],
  ],
  [
    'goes back to the one that was stopped, also where the clock was set back since another one ended',
    {
      services: [echo],
      instances: [
        { ...exited(old, START_MS + 60_000), name: 'aaa', id: 'aaa' },
        exited(old, START_MS),
      ],
      ...history({ stoppedInstanceId: old.id }),
    },
    [
      'drift existence aaa: absent -> present',
      'start OLD (it was stopped)',
      ...serves('OLD'),
      'remove aaa (one more than wanted)',
    ],
  ],
  [
    'is routed anew where the slug changed',
    { services: [{ ...echo, slug: 'new' }], ...settled(old) },
    ['route new to OLD (not routed)', 'unroute echo (the slug changed)'],
  ],
  [
    'waits for a router that does not answer',
    { services: [echo], ...settled(old), routes: { ok: false, cause: 'no answer' } },
    ['wait until observed (not routed: no answer)'],
  ],
]);
