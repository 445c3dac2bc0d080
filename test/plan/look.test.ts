import { describe, expect, test } from 'vitest';
import type { Failure, ServiceHistory } from '../../src/model/history.ts';
import { desiredDigest } from '../../src/model/revision.ts';
import type { DesiredService } from '../../src/model/service.ts';
import type { ServiceStatus } from '../../src/model/status.ts';
import { formatRoad } from '../../src/plan/format-road.ts';
import { plan } from '../../src/plan/plan.ts';
import { type InputOverrides, inputOf, settled } from '../helpers/plan-input.ts';
import {
  asked,
  exited,
  failed,
  history,
  image,
  imaged,
  means,
  pulled,
  says,
  serves,
} from '../helpers/plan-table.ts';
import { found, START_MS } from '../helpers/services.ts';

const always: DesiredService = { ...image, pull: 'always' };
const never: DesiredService = { ...image, pull: 'never' };
const LONG_AGO_MS = START_MS - 600_000;
const NAMES = 'wait until pulled (which image it is shows in the names that follow)';
const MOVES = 'wait until pulled (another image replaces what runs)';
const RUNS = { ...settled(imaged), ...means('a') };

function made(why: string, name = 'OLD'): readonly string[] {
  return [`create ${name} (${why})`, `start ${name} (${why})`, ...serves(name)];
}

function replaced(why: string): readonly string[] {
  const [create = '', ...rest] = made(why, 'NEW');
  return [create, `stop OLD (${why})`, ...rest, `remove OLD (${why})`];
}

/** The last look at the registry has failed, just now unless told otherwise. */
function lookFailed(service: DesiredService, parts: Partial<Failure> = {}): ServiceHistory {
  const then = { kind: 'infrastructure', count: 1, lastMs: START_MS, step: 'pull' } as const;
  const what = { code: 'REGISTRY_UNAVAILABLE', message: 'no answer' };
  return {
    lookFailure: { ...then, ...what, desiredDigest: desiredDigest(service), ...parts },
  };
}

says('A wish to update', [
  [
    'pulls, whatever the reference meant before',
    { services: [image], ...settled(imaged), ...means('b'), ...asked('update') },
    ['pull echo:1, always (asked by ann)', MOVES],
  ],
  [
    'asks nobody where only the store counts',
    { services: [never], ...settled(imaged), ...means('b'), ...asked('update') },
    ['pull echo:1, never (asked by ann)', MOVES],
  ],
  [
    'replaces an instance of another image after that',
    {
      services: [image],
      ...settled(imaged),
      ...means('b'),
      ...asked('update'),
      ...history(pulled({ answers: ['update-1'] })),
    },
    replaced('image moves from a to b'),
  ],
  [
    'does nothing more when the image is the same',
    {
      services: [image],
      ...RUNS,
      ...asked('update'),
      ...history(pulled({ answers: ['update-1'] })),
    },
    [],
  ],
  [
    'is answered by what a service is made of anyway',
    { services: [image], ...asked('update'), ...history(pulled()) },
    ['pull echo:1, always (not found)', NAMES, ...made('not found')],
  ],
  [
    'comes before a crash is answered: it may be the cure',
    { services: [image], instances: [exited(imaged)], ...means('a'), ...asked('update') },
    [
      'drift runtime OLD: running -> crashed: exit code 1',
      'pull echo:1, always (asked by ann)',
      MOVES,
      'start OLD (crashed: exit code 1)',
      ...serves('OLD'),
    ],
  ],
  [
    'that failed lets everything else go on, and is tried again later',
    {
      services: [image],
      instances: [exited(imaged)],
      ...asked('update', START_MS - 1),
      ...history(lookFailed(image)),
    },
    [
      'drift runtime OLD: running -> crashed: exit code 1',
      'start OLD (crashed: exit code 1)',
      ...serves('OLD'),
      'wait until back-off-ends (attempt 1 failed: REGISTRY_UNAVAILABLE no answer; until 00:00:00)',
      'pull echo:1, always (asked by ann)',
      MOVES,
    ],
  ],
  [
    'that cannot succeed waits for new input',
    {
      services: [image],
      ...RUNS,
      ...asked('update', START_MS - 1),
      ...history(lookFailed(image, { kind: 'terminal', code: 'IMAGE_MISSING' })),
    },
    ['wait until mended (IMAGE_MISSING no answer)', 'pull echo:1, always (asked by ann)', MOVES],
  ],
  [
    'that is newer than a failure is tried at once',
    {
      services: [image],
      ...RUNS,
      ...asked('update'),
      ...history(lookFailed(image, { kind: 'terminal', lastMs: START_MS - 1 })),
    },
    ['pull echo:1, always (asked by ann)', MOVES],
  ],
  [
    'pulls again when what it found is gone',
    {
      services: [image],
      ...settled(imaged),
      ...asked('update', LONG_AGO_MS),
      ...history(pulled({ answers: ['update-1'], atMs: LONG_AGO_MS })),
    },
    ['pull echo:1, always (asked by ann)', MOVES],
  ],
]);

says('A tag that moved', [
  ['moves nobody by itself', { services: [image], ...settled(imaged), ...means('b') }, []],
  [
    'rolls who always wants it',
    { services: [always], ...settled(imaged), ...means('b'), ...history(pulled({ used: true })) },
    [
      'pull echo:1, always (image moves from a to b)',
      NAMES,
      ...replaced('image moves from a to b'),
    ],
  ],
  [
    'leaves alone what was taken over',
    {
      services: [{ ...always, adopt: imaged.id }],
      ...settled({ ...imaged, adopted: true }),
      ...means('b'),
      ...history(pulled()),
    },
    [],
  ],
  [
    'waits where a change needs approval',
    {
      services: [always],
      ...settled(imaged),
      ...means('b'),
      ...history(pulled()),
      rollsMovedTags: false,
    },
    [],
  ],
  [
    'is looked for every ten minutes',
    { services: [always], ...RUNS, ...history(pulled({ atMs: LONG_AGO_MS })) },
    ['pull echo:1, always (its tag may have moved)', MOVES],
  ],
  [
    'is not looked for sooner',
    { services: [always], ...RUNS, ...history(pulled({ atMs: LONG_AGO_MS + 1 })) },
    [],
  ],
  [
    'is looked for also when the clock was set back',
    { services: [always], ...RUNS, ...history(pulled({ atMs: START_MS + 600_000 })) },
    ['pull echo:1, always (its tag may have moved)', MOVES],
  ],
  [
    'is not looked for again at once when that failed, for whatever reason',
    {
      services: [always],
      ...RUNS,
      ...history(lookFailed(always, { kind: 'terminal', lastMs: LONG_AGO_MS + 1 })),
    },
    [],
  ],
  [
    'is looked for again some minutes after that failed, for whatever reason',
    {
      services: [always],
      ...RUNS,
      ...history(lookFailed(always, { kind: 'terminal', lastMs: LONG_AGO_MS })),
    },
    ['pull echo:1, always (its tag may have moved)', MOVES],
  ],
]);

test('A service made for an image is not made again because a runtime spells its id otherwise', () => {
  const given = {
    services: [image],
    ...means('sha256:b'),
    ...asked('update'),
    ...history(pulled({ answers: ['update-1'] })),
  };
  const [first] = plan(inputOf({ ...given, ...settled(imaged) })).services;
  const create = first?.road.find((item) => item.kind === 'create');
  expect(create).toMatchObject({ imageId: 'sha256:b' });
  const { release = '' } = create?.kind === 'create' ? create : {};
  const again = settled(found(image, { release, imageId: 'b', name: 'made' }));
  const [second] = plan(inputOf({ ...given, ...again })).services;
  expect(second && formatRoad(second)).toBe('');
});
function statusOf(overrides: InputOverrides): ServiceStatus | undefined {
  return plan(inputOf(overrides)).services[0]?.status;
}

describe('A service whose image could not be looked for', () => {
  test('runs on, and says why it may not be the newest', () => {
    for (const [service, wish] of [
      [always, {}],
      [image, asked('update', START_MS - 1)],
    ] as const) {
      expect(
        statusOf({ services: [service], ...RUNS, ...wish, ...history(lookFailed(service)) }),
      ).toMatchObject({
        state: 'Running',
        cause: expect.stringContaining('its image could not be looked for: '),
      });
    }
  });

  test('fails where nothing can be made without it', () => {
    const given = { services: [image], ...failed(image, { kind: 'terminal', step: 'pull' }) };
    expect(statusOf(given)).toMatchObject({ state: 'Failed', cause: 'TIMED_OUT too slow' });
  });
});
