import { describe, expect, test } from 'vitest';
import type { Instance } from '../../src/model/instance.ts';
import type { Gate } from '../../src/model/plan.ts';
import type { Request } from '../../src/model/request.ts';
import type { Volume } from '../../src/model/service.ts';
import { formatRoad } from '../../src/plan/format-road.ts';
import { plan } from '../../src/plan/plan.ts';
import {
  type InputOverrides,
  inputOf,
  observed,
  removals,
  routeTo,
  settled,
} from '../helpers/plan-input.ts';
import { found, START_MS, wanted } from '../helpers/services.ts';

/** Two services stay; of the rest, `count` run and no document names them any more. */
function world(count: number, overrides: InputOverrides = {}): InputOverrides {
  return {
    services: stay(2),
    ...settled(...stay(2).map((one) => found(one)), ...gone(count)),
    ...overrides,
  };
}

function stay(count: number) {
  return Array.from({ length: count }, (_, index) => wanted(`stay-${index}`));
}

function gone(count: number): readonly Instance[] {
  return Array.from({ length: count }, (_, index) => found(`gone-${index}`));
}

function gatesOf(overrides: InputOverrides): readonly (Gate | undefined)[] {
  const { services } = plan(inputOf(overrides));
  return services.filter(({ name }) => name.startsWith('gone')).map(({ gate }) => gate);
}

function codesOf(overrides: InputOverrides): ReadonlySet<string | undefined> {
  return new Set(gatesOf(overrides).map((gate) => gate?.code));
}

function removal(volumes = false): Request {
  return { id: 'r', kind: 'remove', service: 'gone-0', volumes, by: 'ann', atMs: START_MS };
}

const FREE = new Set([undefined]);
const kept = wanted('gone-0', { protected: true });

describe('A service that no document names', () => {
  test('is checked and told as it serves, while a gate holds it', () => {
    const given = world(1);
    const name = 'gone-0';
    const histories = new Map([[name, { accepted: wanted(name, { protected: true }) }]]);
    const [held] = plan(inputOf({ ...given, histories })).services;
    expect(held?.gate?.code).toBe('REMOVAL_PROTECTED');
    expect(held?.status).toMatchObject({ state: 'Blocked', url: expect.stringMatching(/gone-0$/) });
    expect(held?.status.conditions.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'Accepted False',
      'Available True',
      'Verified True',
    ]);
    expect(held?.probes).toHaveLength(1);
  });

  test('loses its route, stops and is removed', () => {
    const [first] = plan(inputOf(world(1))).services;
    expect(first && formatRoad(first).replaceAll(/mcp-\S+/g, 'IT')).toBe(
      [
        'gone-0: unroute gone-0 (no document names it)',
        'gone-0: stop IT (no document names it)',
        'gone-0: remove IT (no document names it)',
      ].join('\n'),
    );
  });

  test('may go with four others, and not with five', () => {
    expect(codesOf(world(5))).toEqual(FREE);
    expect(codesOf(world(6))).toEqual(new Set(['REMOVAL_TOO_MANY']));
  });

  test('counts together with those of the last ten minutes', () => {
    expect(codesOf(world(2, { removals: removals({ recent: 3 }) }))).toEqual(FREE);
    const [gate] = gatesOf(world(2, { removals: removals({ recent: 4 }) }));
    expect(gate).toEqual({
      code: 'REMOVAL_TOO_MANY',
      cause: '6 of 8 services would go within 10 minutes, at most 5 may',
      allow:
        'restore the documents, `mcp-manager remove NAME`, or `mcp-manager apply --allow-removals 2`',
    });
  });

  test('counts once where it was still seen as it went', () => {
    const recent = ['gone-0', 'gone-1', 'went-0', 'went-1'];
    expect(codesOf(world(3, { removals: { recent, allowances: [] } }))).toEqual(FREE);
    const [gate] = gatesOf(world(4, { removals: { recent, allowances: [] } }));
    expect(gate?.cause).toMatch(/^6 of 8 services/);
  });

  test('uses up an allowance once where it was still seen as it went', () => {
    expect(codesAfter('gone-0', 'gone-5')).toEqual(FREE);
    expect(codesAfter('gone-0', 'went-0')).toEqual(new Set(['REMOVAL_TOO_MANY']));
  });

  test('may go with 30 percent of a large fleet', () => {
    const services = stay(21);
    const fleet = (count: number) =>
      world(count, { services, ...settled(...services.map((one) => found(one)), ...gone(count)) });
    expect(codesOf(fleet(9))).toEqual(FREE);
    expect(codesOf(fleet(10))).toEqual(new Set(['REMOVAL_TOO_MANY']));
  });

  test('may go with as many as were allowed', () => {
    expect(codesOf(world(6, { removals: removals({ allowed: 6 }) }))).toEqual(FREE);
    expect(codesOf(world(7, { removals: removals({ allowed: 6 }) }))).not.toEqual(FREE);
  });

  test('stays when the documents name nothing at all, unless that was allowed', () => {
    const empty = world(1, { services: [], ...settled(...gone(1)) });
    expect(codesOf(empty)).toEqual(new Set(['REMOVAL_EMPTY_SET']));
    expect(codesOf({ ...empty, removals: removals({ allowed: 1 }) })).toEqual(FREE);
    expect(codesOf({ ...empty, requests: [removal()] })).toEqual(FREE);
  });

  test('stays while a document cannot be read, allowed or not, unless it is removed by name', () => {
    const torn = world(2, {
      incomplete: 'b.yaml cannot be read',
      removals: removals({ allowed: 9 }),
    });
    expect(codesOf(torn)).toEqual(new Set(['REMOVAL_INCOMPLETE']));
    expect(gatesOf({ ...torn, requests: [removal()] }).map((gate) => gate?.code)).toEqual([
      undefined,
      'REMOVAL_INCOMPLETE',
    ]);
  });

  test('stays while any runtime cannot be observed', () => {
    const here = observed(gone(1));
    const away = { ok: false, cause: 'no answer' } as const;
    const observations = new Map([
      ['memory', here],
      ['podman', away],
    ] as const);
    expect(codesOf(world(0, { observations }))).toEqual(new Set(['REMOVAL_UNOBSERVED']));
    const [only] = gone(1);
    const routed = only ? [routeTo(only)] : [];
    const unseen = new Map([['memory', away]]);
    expect(codesOf(world(0, { observations: unseen, routed }))).toEqual(
      new Set(['REMOVAL_UNOBSERVED']),
    );
  });

  test('stays in a pass over some names, and goes with the next over all', () => {
    expect(codesOf(world(1, { scope: new Set(['gone-0']) }))).toEqual(new Set(['REMOVAL_UNSEEN']));
    expect(codesOf(world(1, { scope: new Set(['gone-0']), requests: [removal()] }))).toEqual(FREE);
  });

  test('stays while it is protected, also by name, and uses up nothing of the others', () => {
    const histories = new Map([['gone-0', { accepted: kept }]]);
    const codes = gatesOf(world(6, { histories })).map((gate) => gate?.code);
    expect(codes).toEqual([
      'REMOVAL_PROTECTED',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(codesOf(world(1, { histories, requests: [removal()] }))).toEqual(
      new Set(['REMOVAL_PROTECTED']),
    );
  });

  test('keeps its volumes unless they were named too', () => {
    expect(volumesTaken({ requests: [removal(false)] })).toEqual([]);
    expect(volumesTaken({ requests: [removal(true)] })).toEqual(['data']);
  });

  test('leaves a volume to the other service that names it, also while that has no instance', () => {
    const requests = [removal(true)];
    const other = wanted('other', { power: 'off', spec: { volumes: [DATA] } });
    expect(volumesTaken({ requests, services: [...stay(2), other] })).toEqual([]);
    const histories = new Map([['other', { accepted: other }]]);
    expect(volumesTaken({ requests, histories })).toEqual([]);
  });

  test('leaves what is not of the fleet', () => {
    const folder = { ...DATA, source: '/srv/data' };
    const external = { ...DATA, external: true } as const;
    expect(volumesTaken({ requests: [removal(true)] }, [folder, external])).toEqual([]);
  });

  test('is a route without any instance, and that goes in any case', () => {
    const [only] = gone(1);
    const routed = only ? [routeTo(only)] : [];
    const { services } = plan(inputOf({ incomplete: 'b.yaml cannot be read', routed }));
    expect(services.map((one) => formatRoad(one))).toEqual([
      'gone-0: unroute gone-0 (no document names it)',
    ]);
  });
});

describe('A request about a service that is gone', () => {
  test('is spent after a minute, when everything was seen', () => {
    expect(spent({ requests: [ago(60_000)] })).toEqual([]);
    expect(spent({ requests: [ago(60_001)] })).toEqual(['r']);
  });

  test('is kept while its runtime or the router cannot be seen, or only some were looked at', () => {
    const requests = [ago(60_001)];
    const away = { ok: false, cause: 'no answer' } as const;
    expect(spent({ requests, observations: new Map([['memory', away]]) })).toEqual([]);
    expect(spent({ requests, routes: away })).toEqual([]);
    expect(spent({ requests, scope: new Set(['gone-0']) })).toEqual([]);
  });

  test('is spent after a minute also when a document still names the service', () => {
    expect(spent({ services: [wanted('gone-0')], requests: [ago(60_001)] })).toEqual(['r']);
  });

  test('does not outlive ten minutes when it allowed removals', () => {
    expect(spent({ requests: [allow(600_000)] })).toEqual([]);
    expect(spent({ requests: [allow(600_001)] })).toEqual(['a']);
  });
});

function ago(ms: number): Request {
  return { ...removal(), atMs: START_MS - ms };
}

function codesAfter(...used: readonly string[]) {
  return codesOf(world(6, { removals: { recent: used, allowances: [{ count: 6, used }] } }));
}

function allow(ms: number): Request {
  return { id: 'a', kind: 'allow-removals', count: 3, by: 'ann', atMs: START_MS - ms };
}

function spent(overrides: InputOverrides): readonly string[] {
  return plan(inputOf(overrides)).spent;
}

const DATA: Volume = { source: 'data', destination: '/data', readOnly: false };

/** What the end of a service that has these volumes takes along. */
function volumesTaken(given: InputOverrides, volumes: readonly Volume[] = [DATA]) {
  const goes = found(wanted('gone-0', { spec: { volumes } }));
  const { services } = plan(inputOf({ ...world(0), ...settled(goes), ...given }));
  return services
    .flatMap(({ road }) => road)
    .flatMap((step) => (step.kind === 'remove' ? step.volumes : []));
}
