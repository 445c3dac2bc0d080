import { expect, test } from 'vitest';
import type { Orphan } from '../../src/model/instance.ts';
import { toPlanDocument } from '../../src/plan/document.ts';
import { formatPlan } from '../../src/plan/format-road.ts';
import { plan } from '../../src/plan/plan.ts';
import { type InputOverrides, inputOf, observed, settled } from '../helpers/plan-input.ts';
import { echo, history, old } from '../helpers/plan-table.ts';
import { START_MS, wanted, good } from '../helpers/services.ts';
import { factsOf } from './golden/build-plan.ts';

const network: Orphan = { kind: 'network', id: 'n', name: 'net-1', service: 'echo' };
const volume: Orphan = { kind: 'volume', id: 'v', name: 'data', service: 'echo' };
const DATA = { source: 'data', destination: '/data', readOnly: false };
const REMOVE = { id: 'r', kind: 'remove', service: 'echo', by: 'ann', atMs: START_MS } as const;
const withVolumes = { requests: [{ ...REMOVE, volumes: true }] };
const LEFT =
  'left alone: volume data, it holds data of echo, which no document names (`mcp-manager remove echo --volumes` removes it with its data)';

test.each<readonly [string, InputOverrides, readonly Orphan[], readonly string[]]>([
  [
    'a network that nothing of a running service uses is removed',
    { services: [echo], ...settled(old) },
    [network],
    ['echo: prune network net-1 (no container uses this network)'],
  ],
  [
    'a network stays for an instance that is about to be made',
    { services: [echo], ...history({ releases: [good(echo)] }) },
    [network],
    [
      'echo: drift existence: present -> missing',
      `echo: create ${old.name} (it is missing)`,
      `echo: start ${old.name} (it is missing)`,
      'echo: wait until verified (not verified yet)',
      `echo: route echo to ${old.name} (to the verified instance)`,
    ],
  ],
  [
    'a network of a service that nobody knows is removed',
    { services: [wanted('other', { power: 'off' })] },
    [network],
    ['echo: prune network net-1 (no container uses this network)'],
  ],
  [
    'a volume of a service that nobody knows is left alone and told',
    { services: [wanted('other', { power: 'off' })] },
    [volume],
    [LEFT],
  ],
  [
    'a volume of a service that is there is not told',
    { services: [echo], ...settled(old) },
    [volume],
    [],
  ],
  [
    'a volume goes when that is asked by name, also with nothing else left',
    { services: [], ...withVolumes },
    [volume],
    ['echo: prune volume data (no container uses this volume)'],
  ],
  [
    'a volume stays that another service names, whatever was asked',
    {
      services: [wanted('other', { power: 'off', spec: { volumes: [DATA] } })],
      ...withVolumes,
    },
    [{ ...volume, source: 'data' }],
    [],
  ],
  [
    'a volume stays when its service is removed without its volumes',
    { services: [], requests: [{ ...REMOVE, volumes: false }] },
    [volume],
    [LEFT],
  ],
  [
    'a volume stays while its service is declared, whatever was asked',
    { services: [{ ...echo, power: 'off' }], ...withVolumes },
    [volume],
    [],
  ],
])('Of what is left over, %s', (_what, given, orphans, lines) => {
  expect(textOf(given, orphans)).toEqual(lines);
});

test('Nothing is pruned of a service that is paused, in motion or out of sight', () => {
  const paused = { id: 'p', kind: 'pause', service: 'echo', by: 'ann', atMs: START_MS } as const;
  expect(firstStep({ requests: [paused] })).toBe('wait');
  expect(firstStep({ busy: new Set(['echo']) })).toBe('wait');
  expect(firstStep({})).toBe('prune');
});

test('A leftover network is a change of no instance, a leftover volume is data that goes', () => {
  expect(changesFor({ services: [] }, network)).toMatchObject([
    { actions: ['update'], steps: [{ kind: 'prune', target: 'net-1' }] },
  ]);
  expect(changesFor({ services: [], ...withVolumes }, volume)).toMatchObject([
    { actions: ['delete'], steps: [{ kind: 'prune', target: 'data', volumes: true }] },
  ]);
});

function firstStep(given: InputOverrides): string | undefined {
  const input = inputWith({ services: [echo], ...settled(old), ...given }, [network]);
  return plan(input).services[0]?.road[0]?.kind;
}

function changesFor(given: InputOverrides, orphan: Orphan) {
  const decided = plan(inputWith(given, [orphan]));
  const { changes } = toPlanDocument(decided, factsOf());
  return changes.map(({ change, steps }) => ({ actions: change.actions, steps }));
}

function inputWith(given: InputOverrides, orphans: readonly Orphan[]) {
  const seen = observed(given.instances ?? []);
  return inputOf({ ...given, observations: new Map([['memory', { ...seen, orphans }]]) });
}

function textOf(given: InputOverrides, orphans: readonly Orphan[]): readonly string[] {
  const text = formatPlan(plan(inputWith(given, orphans)));
  return text.split('\n').filter((line) => line !== '');
}
