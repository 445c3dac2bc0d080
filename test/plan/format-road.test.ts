import { expect, test } from 'vitest';
import type { Plan, Step } from '../../src/model/plan.ts';
import { formatPlan, formatRoad, formatStep } from '../../src/plan/format-road.ts';
import { createStep, START_MS, wanted } from '../helpers/services.ts';
import { servicePlan } from './golden/build-plan.ts';

const echo = servicePlan('echo');
const why = { reason: 'create_because_new', cause: 'not found', runtime: 'memory' } as const;
const create: Step = { ...createStep(wanted('echo')), ...why };
const instance = create.kind === 'create' ? create.target.name : '';

test('A step is one line that says the service, the effect, the object and why', () => {
  expect(formatStep('echo', create)).toBe(`echo: create ${instance} (not found)`);
});

test('A wait says its cause and the time in UTC until which it holds', () => {
  const wait = { kind: 'wait', until: 'verified', cause: '', untilMs: START_MS + 10_000 } as const;
  expect(formatStep('echo', wait)).toBe('echo: wait until verified (until 00:00:10)');
  expect(formatStep('echo', { ...wait, cause: 'new release' })).toBe(
    'echo: wait until verified (new release; until 00:00:10)',
  );
  expect(formatStep('echo', { kind: 'wait', until: 'mended', cause: '' })).toBe(
    'echo: wait until mended',
  );
});

test('A cause cannot break the line or steer the terminal', () => {
  const cause = 'said:\n\u001B[31mred\u202E';
  expect(formatStep('echo', { kind: 'wait', until: 'back-off-ends', cause })).toBe(
    String.raw`echo: wait until back-off-ends (said:\n\u{1b}[31mred\u{202e})`,
  );
});

test('Each kind of step names what it touches', () => {
  const target = { name: 'mcp-echo-1', id: 'id-1' };
  const route = {
    slug: 'echo',
    service: 'echo',
    path: '/mcp',
    targets: [{ instance: 'mcp-echo-1', url: 'http://127.0.0.1:1' }],
  };
  const road: readonly Step[] = [
    { kind: 'pull', image: 'echo:1', policy: 'missing', ...why },
    { kind: 'pull', image: 'echo:1', policy: 'always', ...why },
    { kind: 'start', target, ...why },
    { kind: 'route', route, ...why },
    { kind: 'route', route: { ...route, targets: [] }, ...why },
    { kind: 'unroute', slug: 'echo', ...why },
    { kind: 'stop', target, graceMs: 1000, ...why },
    { kind: 'remove', target, volumes: [], ...why },
    { kind: 'remove', target, volumes: ['data'], ...why },
    { kind: 'update', target, resources: wanted('echo').spec.resources, ...why },
    { kind: 'forget', target, ...why },
  ];
  expect(formatRoad({ name: 'echo', road }).split('\n')).toEqual([
    'echo: pull echo:1 (not found)',
    'echo: pull echo:1, always (not found)',
    'echo: start mcp-echo-1 (not found)',
    'echo: route echo to mcp-echo-1 (not found)',
    'echo: route echo to nothing (not found)',
    'echo: unroute echo (not found)',
    'echo: stop mcp-echo-1 (not found)',
    'echo: remove mcp-echo-1 (not found)',
    'echo: remove mcp-echo-1 and its volumes (not found)',
    'echo: update mcp-echo-1 (not found)',
    'echo: forget mcp-echo-1 (not found)',
  ]);
});

test('A whole plan is its drift, gates, roads and problems, line by line', () => {
  const plan: Plan = {
    services: [
      {
        ...echo,
        drift: [
          {
            service: 'echo',
            signal: 'spec',
            instance: 'mcp-echo-1',
            path: 'resources.pids',
            expected: '128',
            actual: '64',
          },
          { service: 'echo', signal: 'existence', expected: '1 instance', actual: 'none' },
        ],
        road: [create],
      },
      { ...echo, name: 'old', gate: { code: 'PROTECTED', cause: 'protected', allow: 'edit it' } },
    ],
    problems: [{ file: 'a.yaml', line: 1, column: 2, code: 'X', message: 'bad' }],
    leftAlone: [
      {
        kind: 'volume',
        service: 'gone',
        runtime: 'memory',
        name: 'data',
        cause: 'no service has it',
        allow: 'remove it',
      },
    ],
    spent: [],
  };
  expect(formatPlan(plan).split('\n')).toEqual([
    'echo: drift spec mcp-echo-1 resources.pids: 128 -> 64',
    'echo: drift existence: 1 instance -> none',
    `echo: create ${instance} (not found)`,
    'old: blocked PROTECTED, protected (edit it)',
    'left alone: volume data, no service has it (remove it)',
    'problem: a.yaml:1:2 X bad',
  ]);
});

test('A plan with nothing to say is the empty text', () => {
  expect(formatPlan({ services: [echo], problems: [], leftAlone: [], spent: [] })).toBe('');
});
