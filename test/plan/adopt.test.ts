import { expect, test } from 'vitest';
import type { ServiceHistory } from '../../src/model/history.ts';
import type { ForeignObject, Instance } from '../../src/model/instance.ts';
import { instanceName } from '../../src/model/names.ts';
import { desiredDigest } from '../../src/model/revision.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { adoptedRelease } from '../../src/plan/adopted.ts';
import { formatPlan } from '../../src/plan/format-road.ts';
import { plan } from '../../src/plan/plan.ts';
import {
  checkOf,
  type InputOverrides,
  inputOf,
  observed,
  routeTo,
  settled,
} from '../helpers/plan-input.ts';
import { asked, history, says, serves } from '../helpers/plan-table.ts';
import { found, good, START_MS, wanted } from '../helpers/services.ts';

const data = [{ source: 'data', destination: '/data', readOnly: false }];
const echo = wanted('echo', { adopt: 'theirs', spec: { volumes: data } });
const edited = wanted('echo', { adopt: 'theirs', spec: { volumes: data, path: '/other' } });
const pending = adopted('old-echo');
const taken = adopted(instanceName('echo', adoptedRelease(echo), 1));
const remembered: ServiceHistory = {
  accepted: echo,
  acceptedDigest: desiredDigest(echo),
  adoptedId: 'theirs',
  releases: [good(echo)],
};

/** A container without labels, as a runtime reports it that was told to. */
function adopted(name: string, overrides: Partial<Instance> = {}): Instance {
  return {
    id: 'theirs',
    name,
    service: 'echo',
    adopted: true,
    revision: '',
    release: '',
    state: 'running',
    startedAtMs: START_MS - 60_000,
    url: `http://memory/${name}`,
    drift: [],
    ...overrides,
  };
}

/** The container when it serves already. */
function serving(instance: Instance) {
  const check = checkOf({ ...instance, spec: echo.spec });
  return { instances: [instance], routed: [routeTo(instance)], checked: [check] };
}

says('A container that its document adopts', [
  [
    'is renamed, verified and routed, and not restarted',
    { services: [echo], instances: [pending] },
    [
      'adopt old-echo as NEW (its document adopts old-echo)',
      'wait until verified (not verified yet; until 00:01:00)',
      'route echo to NEW (not routed)',
    ],
  ],
  [
    'is started where it does not run',
    { services: [echo], instances: [adopted('old-echo', { state: 'created' })] },
    [
      'adopt old-echo as NEW (its document adopts old-echo)',
      'start NEW (not started yet)',
      ...serves('NEW'),
    ],
  ],
  [
    'takes another number where its name is taken',
    {
      services: [echo],
      observations: new Map([['memory', observed([pending], [{ id: 'x', name: taken.name }])]]),
    },
    [
      `adopt old-echo as ${taken.name.slice(0, -1)}2 (its document adopts old-echo)`,
      'wait until verified (not verified yet; until 00:01:00)',
      `route echo to ${taken.name.slice(0, -1)}2 (not routed)`,
    ],
  ],
  ['is left alone while it is what its document says', { services: [echo], ...serving(taken) }, []],
  [
    'is left alone also when the store was lost',
    { services: [echo], ...serving(taken), histories: new Map() },
    [],
  ],
  [
    'is restarted when it crashed',
    {
      services: [echo],
      ...serving(taken),
      instances: [
        adopted(taken.name, { state: 'exited', exit: { code: 1, signal: null, atMs: START_MS } }),
      ],
      ...history(remembered),
    },
    [
      'drift runtime NEW: running -> crashed: exit code 1',
      'start NEW (crashed: exit code 1)',
      ...serves('NEW'),
    ],
  ],
  [
    'is made anew as one of ours when it is gone',
    { services: [echo], ...history(remembered) },
    [
      'drift existence: present -> missing',
      'create NEW (it is missing)',
      'start NEW (it is missing)',
      ...serves('NEW'),
    ],
  ],
  [
    'is not touched while power is off and it was never taken over',
    { services: [{ ...echo, power: 'off' }], instances: [pending] },
    [],
  ],
  [
    'is stopped by power off once it was taken over',
    { services: [{ ...echo, power: 'off' }], ...serving(taken), ...history(remembered) },
    ['unroute echo (power is off)', 'stop NEW (power is off)'],
  ],
  [
    'goes with its document',
    {
      services: [],
      ...serving(taken),
      ...history(remembered),
      removals: { recent: [], allowances: [{ count: 1, used: [] }] },
    },
    [
      'unroute echo (no document names it)',
      'stop NEW (no document names it)',
      'remove NEW (no document names it)',
    ],
  ],
  [
    'is renamed away when it is forgotten',
    { services: [], ...serving(taken), ...history(remembered), ...asked('forget') },
    ['unroute echo (let go running)', 'forget NEW (let go running)'],
  ],
]);

test('Once its document is edited, a container of ours takes the place of the adopted one', () => {
  const replaced = plannedFor(edited, { accepted: edited, adoptedId: 'theirs' });
  expect(replaced.road.map(({ kind }) => kind)).toEqual([
    'create',
    'stop',
    'start',
    'wait',
    'route',
    'remove',
  ]);
  expect(replaced.cause).toBe('the spec changed');
  expect(plannedFor(edited, remembered).cause).toBe('path changed');
});

test('A document that does not adopt it any more gets a container of its own', () => {
  const { adopt: _adopt, ...own } = echo;
  const { road, cause } = plannedFor(own, remembered);
  expect(cause).toBe('its document does not adopt it any more');
  expect(road.at(-1)).toMatchObject({ kind: 'remove', target: { id: 'theirs' }, volumes: [] });
});

test('A plan shows an import as such, with nothing of the container before', () => {
  const [service] = plan(inputOf({ services: [echo], instances: [pending] })).services;
  expect(service).toMatchObject({ change: 'import', reason: 'import_by_document' });
  expect(service?.before).toBeUndefined();
  expect(service?.probes).toEqual([]);
});

function plannedFor(desired: DesiredService, past: ServiceHistory) {
  const given = { services: [desired], ...serving(taken), ...history(past) };
  const [service] = plan(inputOf(given)).services;
  if (!service) throw new Error('nothing was planned');
  return service;
}

const own = wanted('echo', { spec: { volumes: data } });
const before = found(own, { startedAtMs: START_MS - 60_000 });

/** A container that carries the labels of OLD under another name. */
function renamed(overrides: Partial<ForeignObject['labelled']> = {}): ForeignObject {
  const { name, service } = before;
  const labelled = { service, name, up: true, spec: own.spec, ...overrides };
  return { id: 'r', name: 'by-hand', labelled };
}

function withForeign(foreign: ForeignObject, instances: readonly Instance[] = []) {
  return { observations: new Map([['memory', observed(instances, [foreign])]]) };
}

const ALONE = `left alone: container by-hand, it was ${before.name}, or copies its labels (rename it to ${before.name}, or remove it by hand)`;
const STRANGE = `echo: drift existence by-hand: absent -> says that it is ${before.name}`;

test.each([
  [
    'blocks its service while it writes to its volume: never a second writer',
    renamed(),
    [
      'echo: drift existence: present -> missing',
      STRANGE,
      `echo: wait until mended (by-hand writes to volume data still: rename it to ${before.name}, or remove it)`,
    ],
  ],
  [
    'is left alone and named where it holds nothing, and its service is made anew',
    renamed({ spec: wanted('echo').spec }),
    [
      'echo: drift existence: present -> missing',
      STRANGE,
      `echo: create ${before.name} (it is missing)`,
    ],
  ],
  [
    'holds nothing while it is down',
    renamed({ up: false }),
    [
      'echo: drift existence: present -> missing',
      STRANGE,
      `echo: create ${before.name} (it is missing)`,
    ],
  ],
])('A container that was renamed by hand %s', (_how, foreign, lines) => {
  const given = {
    services: [own],
    ...withForeign(foreign),
    ...history({ releases: [good(echo)] }),
  };
  expect(textOf(given).slice(0, lines.length)).toEqual(lines);
  expect(textOf(given).at(-1)).toBe(ALONE);
});

test('A service whose container was renamed while it writes is Blocked, and says what to do', () => {
  const given = { services: [own], ...withForeign(renamed()) };
  const [service] = plan(inputOf(given)).services;
  expect(service?.status).toMatchObject({
    state: 'Blocked',
    cause: expect.stringContaining('by-hand'),
  });
});

test('An adopted container that was renamed by hand is nobody’s instance any more', () => {
  const given = { services: [echo], instances: [pending], ...history(remembered) };
  const [service] = plan(inputOf(given)).services;
  expect(service?.status.state).toBe('Blocked');
  expect(plan(inputOf(given)).leftAlone).toMatchObject([{ kind: 'container', name: 'old-echo' }]);
});

test('A copy of our labels changes nothing for the service that it copies', () => {
  const given = { services: [own], ...settled(before), ...withForeign(renamed(), [before]) };
  expect(textOf(given)).toEqual([STRANGE, ALONE]);
});

test('What we let go ourselves is not told again', () => {
  const forgotten = { ...renamed(), name: `${before.name}-forgotten-r` };
  const given = { services: [own], ...settled(before), ...withForeign(forgotten, [before]) };
  expect(textOf(given)).toEqual([]);
});

function textOf(given: InputOverrides): readonly string[] {
  return formatPlan(plan(inputOf(given)))
    .split('\n')
    .filter((line) => line !== '');
}
