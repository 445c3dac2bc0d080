import { checkOf, observed, routeTo, secretsOf, settled } from '../helpers/plan-input.ts';
import {
  created,
  echo,
  exited,
  history,
  keyed,
  made,
  next,
  old,
  says,
  secret,
  serves,
} from '../helpers/plan-table.ts';
import { found, good } from '../helpers/services.ts';

says('A service that shall run', [
  [
    'is made, started, verified and routed',
    { services: [echo] },
    ['create OLD (not found)', 'start OLD (not found)', ...serves('OLD')],
  ],
  [
    'is started when it was only made',
    { services: [echo], instances: [created(old)] },
    ['start OLD (not started yet)', ...serves('OLD')],
  ],
  [
    'waits until it is verified',
    { services: [echo], instances: [found(echo)] },
    ['wait until verified (not verified yet; until 00:02:00)', 'route echo to OLD (not routed)'],
  ],
  [
    'is routed once it is verified',
    { services: [echo], ...settled(old), routed: [] },
    ['route echo to OLD (not routed)'],
  ],
  ['is left alone when all is well', { services: [echo], ...settled(old) }, []],
  [
    'is made again when it is missing',
    { services: [echo], ...history({ releases: [good(echo)] }) },
    [
      'drift existence: present -> missing',
      'create OLD (it is missing)',
      'start OLD (it is missing)',
      ...serves('OLD'),
    ],
  ],
  [
    'gets a free name where another owner holds its own',
    {
      services: [echo],
      observations: new Map([['memory', observed([], [{ id: 'x', name: old.name }])]]),
    },
    ['create OLD-2 (not found)', 'start OLD-2 (not found)', ...serves('OLD-2')],
  ],
  [
    'is stopped and loses its route when power is off',
    { services: [{ ...echo, power: 'off' }], ...settled(old) },
    ['unroute echo (power is off)', 'stop OLD (power is off)'],
  ],
  [
    'rests while power is off',
    { services: [{ ...echo, power: 'off' }], instances: [exited(old)] },
    [],
  ],
  [
    'leaves nothing of an older revision behind when power is off',
    { services: [{ ...next, power: 'off' }], instances: [old, exited(made)] },
    ['stop OLD (left over)', 'remove OLD (left over)'],
  ],
  [
    'starts again when power is back',
    { services: [echo], instances: [exited(old)], ...history({ stoppedInstanceId: old.id }) },
    ['start OLD (it was stopped)', ...serves('OLD')],
  ],
]);

says('A replacement', [
  [
    'makes the new before the old stops',
    { services: [next], ...settled(old) },
    [
      'create NEW (command changed)',
      'stop OLD (command changed)',
      'start NEW (command changed)',
      ...serves('NEW'),
      'remove OLD (command changed)',
    ],
  ],
  [
    'goes on after the new one was made',
    { services: [next], ...settled(old), instances: [old, created(made)] },
    [
      'stop OLD (command changed)',
      'start NEW (command changed)',
      ...serves('NEW'),
      'remove OLD (command changed)',
    ],
  ],
  [
    'goes on after the old one was stopped',
    { services: [next], ...settled(old), instances: [exited(old), created(made)] },
    ['start NEW (command changed)', ...serves('NEW'), 'remove OLD (command changed)'],
  ],
  [
    'goes on after the new one was started',
    { services: [next], ...settled(old), instances: [exited(old), made] },
    [
      'wait until verified (not verified yet; until 00:02:00)',
      'route echo to NEW (its instance moved)',
      'remove OLD (command changed)',
    ],
  ],
  [
    'goes on after the new one was verified',
    { services: [next], ...settled(old), instances: [exited(old), made], checked: [checkOf(made)] },
    ['route echo to NEW (its instance moved)', 'remove OLD (command changed)'],
  ],
  [
    'goes on after the new one was routed',
    {
      services: [next],
      instances: [exited(old), made],
      routed: [routeTo(made)],
      checked: [checkOf(made)],
    },
    ['remove OLD (command changed)'],
  ],
  ['ends with the removal of the old one', { services: [next], ...settled(made) }, []],
  [
    'takes a new slug along',
    { services: [{ ...next, slug: 'new' }], ...settled(old) },
    [
      'create NEW (command changed)',
      'stop OLD (command changed)',
      'start NEW (command changed)',
      ...serves('NEW', 'new'),
      'unroute echo (the slug changed)',
      'remove OLD (command changed)',
    ],
  ],
  [
    'follows a service to another runtime',
    {
      services: [{ ...echo, runtime: 'other' }],
      ...settled(old),
      observations: new Map([
        ['memory', observed([old])],
        ['other', observed([])],
      ]),
    },
    [
      'create OLD-2 (moves from memory to other)',
      'stop OLD (moves from memory to other)',
      'start OLD-2 (moves from memory to other)',
      ...serves('OLD-2'),
      'remove OLD (moves from memory to other)',
    ],
  ],
  [
    'follows a changed secret',
    { services: [secret], ...settled(keyed), secrets: secretsOf({ 'file:/key': 'k1-b' }) },
    [
      'create NEW (secret file:/key changed)',
      'stop OLD (secret file:/key changed)',
      'start NEW (secret file:/key changed)',
      ...serves('NEW'),
      'remove OLD (secret file:/key changed)',
    ],
  ],
  [
    'does not follow a version under another key',
    { services: [secret], ...settled(keyed), secrets: secretsOf({ 'file:/key': 'k2-b' }) },
    [],
  ],
  [
    'does not follow a secret that cannot be looked up',
    {
      services: [secret],
      ...settled(keyed),
      secrets: new Map([['file:/key', { kind: 'unavailable', cause: 'no answer' }]]),
    },
    [],
  ],
  [
    'waits for a secret that is missing, and the old one runs on',
    {
      services: [secret],
      ...settled(old),
      secrets: new Map([['file:/key', { kind: 'missing', cause: 'no /key' }]]),
    },
    [
      'wait until mended (no /key)',
      'create NEW (env changed)',
      'stop OLD (env changed)',
      'start NEW (env changed)',
      ...serves('NEW'),
      'remove OLD (env changed)',
    ],
  ],
  [
    'is no answer to a service in motion',
    { services: [next], ...settled(old), busy: new Set(['echo']) },
    ['wait until motion-ends (steps are running)'],
  ],
]);
