import { describe, expect, test } from 'vitest';
import type { ServiceHistory } from '../../src/model/history.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { plan } from '../../src/plan/plan.ts';
import { type InputOverrides, inputOf, settled } from '../helpers/plan-input.ts';
import { failed, history, image, means, pulled, says, serves } from '../helpers/plan-table.ts';
import { found, START_MS, good, wanted } from '../helpers/services.ts';

const always: DesiredService = { ...image, pull: 'always' };
const never: DesiredService = { ...image, pull: 'never' };
const before = found(image, { revision: 'v1-b', release: 'r1-b', name: 'mcp-echo-b' });
const LONG_AGO_MS = START_MS - 600_000;
const NAMES = 'wait until pulled (which image it is shows in the names that follow)';

function made(why: string, name = 'OLD'): readonly string[] {
  return [`create ${name} (${why})`, `start ${name} (${why})`, ...serves(name)];
}

says('An image', [
  [
    'is pulled before anything is made of it',
    { services: [image] },
    ['pull echo:1 (not found)', ...made('not found')],
  ],
  [
    'is not pulled again for what comes after it',
    { services: [image], ...history(pulled()) },
    made('not found'),
  ],
  [
    'is pulled again once something was made of it',
    { services: [image], ...history(pulled({ used: true })) },
    ['pull echo:1 (not found)', ...made('not found')],
  ],
  [
    'is pulled again when that was long ago',
    { services: [image], ...history(pulled({ atMs: LONG_AGO_MS })) },
    ['pull echo:1 (not found)', ...made('not found')],
  ],
  [
    'is pulled where it was pulled elsewhere, or another one was',
    { services: [image], ...history(pulled({ runtime: 'other' })) },
    ['pull echo:1 (not found)', ...made('not found')],
  ],
  [
    'that may only lie there is looked for before anything is stopped',
    { services: [never], ...settled(before) },
    [
      'pull echo:1, never (the spec changed)',
      'create OLD (the spec changed)',
      'stop mcp-echo-b (the spec changed)',
      'start OLD (the spec changed)',
      ...serves('OLD'),
      'remove mcp-echo-b (the spec changed)',
    ],
  ],
  [
    'that is always asked for is known only then, and so are the names',
    { services: [always], ...means('a') },
    ['pull echo:1, always (not found)', NAMES, ...made('not found', 'NEW')],
  ],
  [
    'that could not be pulled stops nobody meanwhile',
    { services: [image], ...settled(before), ...failed(image, { step: 'pull', count: 1 }) },
    [
      'wait until back-off-ends (attempt 1 failed: TIMED_OUT too slow; until 00:00:00)',
      'pull echo:1 (the spec changed)',
      'create OLD (the spec changed)',
      'stop mcp-echo-b (the spec changed)',
      'start OLD (the spec changed)',
      ...serves('OLD'),
      'remove mcp-echo-b (the spec changed)',
    ],
  ],
  [
    'is not pulled while what is made of it may not be tried',
    { services: [always], ...failed(always, { kind: 'terminal', step: 'create' }) },
    ['wait until mended (TIMED_OUT too slow)', 'pull echo:1, always (not found)', NAMES].concat(
      made('not found'),
    ),
  ],
]);

describe('A lost instance whose change needs approval', () => {
  const lost: InputOverrides = {
    services: [always],
    images: new Map([
      [
        'memory',
        new Map([
          ['echo:1', { id: 'b' }],
          ['a', { id: 'a' }],
        ]),
      ],
    ]),
    rollsMovedTags: false,
  };
  const roadOf = (past: ServiceHistory) =>
    plan(inputOf({ ...lost, ...history(past) })).services[0]?.road ?? [];

  test('is made again of the image that ran, not of what its tag means meanwhile', () => {
    const road = roadOf({ releases: [good(image, { imageId: 'a' })] });
    expect(road).toMatchObject([
      { kind: 'pull', policy: 'missing' },
      { kind: 'create', imageId: 'a' },
      ...road.slice(2),
    ]);
  });

  test('is made of what its reference means where that image is gone, or of another reference', () => {
    const other = wanted('echo', { spec: { image: 'other:1', command: [] } });
    for (const release of [good(image, { imageId: 'gone' }), good(other, { imageId: 'a' })]) {
      expect(roadOf({ releases: [release] })[0]).toMatchObject({ kind: 'pull', policy: 'always' });
    }
  });
});
