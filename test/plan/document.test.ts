import { describe, expect, test } from 'vitest';
import type { ServicePlan, Side } from '../../src/model/plan.ts';
import { hasChanges, toPlanDocument } from '../../src/plan/document.ts';
import { found, START_MS, wanted } from '../helpers/services.ts';
import {
  createRoad,
  factsOf,
  planOf,
  recreateRoad,
  removeStep,
  servicePlan,
  sideOf,
  startStep,
  stopStep,
  surgeRoad,
  wait,
} from './golden/build-plan.ts';
import { samples } from './golden/samples.ts';

const echo = wanted('echo');
const instance = found(echo);
const why = { reason: 'create_because_new', cause: 'not found' } as const;
const goes = [stopStep(instance, why), removeStep(instance, why)];

function actionsFor(service: Partial<ServicePlan>): readonly string[] | undefined {
  const document = toPlanDocument(planOf(servicePlan('echo', service)), factsOf());
  return document.changes[0]?.change.actions;
}

describe('The actions of a change say what apply would do', () => {
  const replace = { change: 'replace' } as const;
  const gate = { code: 'REMOVAL_TOO_MANY', cause: 'too many', allow: 'say so' };

  test.each<[string, Partial<ServicePlan>, readonly string[]]>([
    ['a create', { change: 'create', road: createRoad(echo, why) }, ['create']],
    ['a restart', { change: 'update', road: [startStep(instance, why)] }, ['update']],
    ['a recreate', { ...replace, road: recreateRoad(echo, instance, why) }, ['delete', 'create']],
    ['a surge', { ...replace, road: surgeRoad(echo, instance, why) }, ['create', 'delete']],
    ['a surge whose new one runs', { ...replace, road: goes }, ['create', 'delete']],
    ['a removal', { change: 'remove', road: goes }, ['delete']],
    ['a removal whose instance is down', { change: 'remove', road: goes.slice(1) }, ['delete']],
    ['a forget', { change: 'forget', road: [forgetStep()] }, ['forget']],
    ['an import without any step', { change: 'import' }, ['import']],
    ['steps of a no-op', { change: 'no-op', road: [startStep(instance, why)] }, ['update']],
    ['a cleared leftover', { change: 'update', road: goes }, ['update', 'delete']],
    [
      'a held removal',
      { change: 'remove', gate, road: [wait('allowed', 'no'), ...goes] },
      ['no-op'],
    ],
    [
      'a removal after a back-off',
      { change: 'remove', road: [wait('back-off-ends', 'later'), ...goes] },
      ['delete'],
    ],
  ])('%s', (_what, service, actions) => {
    expect(actionsFor(service)).toEqual(actions);
  });

  function forgetStep() {
    const target = { name: instance.name, id: instance.id };
    return { kind: 'forget', runtime: 'memory', target, ...why } as const;
  }
});

test('What apply cannot reach is no change: it only waits', () => {
  const road = [wait('unpaused', 'paused by anna'), ...goes];
  const document = toPlanDocument(
    planOf(servicePlan('echo', { change: 'remove', road })),
    factsOf({ instances: [instance] }),
  );
  expect(document.changes).toEqual([]);
  expect(document.waiting).toEqual([{ service: 'echo', cause: 'paused by anna' }]);
  expect(document.basis).toEqual({});
});

test('A service that only waits is left out of the changes, not out of drift and waiting', () => {
  const drift = {
    service: 'echo',
    signal: 'runtime',
    expected: 'running',
    actual: 'dead',
  } as const;
  const road = [wait('back-off-ends', 'crashed', START_MS + 1000)];
  const plan = planOf(servicePlan('echo', { road, drift: [drift] }));
  const document = toPlanDocument(plan, factsOf());
  expect(document.changes).toEqual([]);
  expect(document.drift).toEqual([drift]);
  expect(document.waiting).toEqual([
    { service: 'echo', cause: 'crashed', until: '2026-01-01T00:00:01.000Z' },
  ]);
  expect(hasChanges(document)).toBe(false);
});

test('A service that stands still without any wait says why', () => {
  const { status } = servicePlan('echo');
  const frozen = { ...status, state: 'Frozen', cause: 'echo.yaml cannot be read' } as const;
  const plan = planOf(servicePlan('echo', { status: frozen }), servicePlan('other'));
  expect(toPlanDocument(plan, factsOf()).waiting).toEqual([
    { service: 'echo', cause: 'echo.yaml cannot be read' },
  ]);
});

test('Waits behind a step belong to its road, not to what waits now', () => {
  const { plan, facts } = samples.create;
  const document = toPlanDocument(plan, facts);
  expect(document.waiting).toEqual([]);
  expect(document.changes[0]?.steps.map(({ kind, target }) => `${kind} ${target}`)).toEqual([
    expect.stringMatching(/^create mcp-search-/),
    expect.stringMatching(/^start mcp-search-/),
    'wait verified',
    'route search',
  ]);
});

test('A removal that is held back shows its gate and counts as blocked', () => {
  const { plan, facts } = samples['blocked-removal'];
  const document = toPlanDocument(plan, facts);
  expect(document.changes.map(({ gate }) => gate?.code)).toEqual([
    'REMOVAL_TOO_MANY',
    'REMOVAL_PROTECTED',
    'REMOVAL_TOO_MANY',
  ]);
  expect(document.summary).toMatchObject({ remove: 0, blocked: 3 });
  expect(document.waiting).toEqual([]);
  expect(document.basis).toEqual({});
  expect(hasChanges(document)).toBe(true);
});

test('A remove that takes the volumes along says so', () => {
  const { plan, facts } = samples.remove;
  const removes = toPlanDocument(plan, facts).changes.flatMap(({ steps }) =>
    steps.filter(({ kind }) => kind === 'remove'),
  );
  expect(removes.map(({ volumes }) => volumes)).toEqual([true, undefined]);
});

test('The summary counts each service once, by what happens to it', () => {
  const { plan, facts } = samples.everything;
  expect(toPlanDocument(plan, facts).summary).toEqual({
    create: 1,
    update: 4,
    replace: 1,
    remove: 2,
    forget: 1,
    import: 1,
    blocked: 3,
  });
});

test('The basis holds the approved version of each touched service, but of none that goes', () => {
  const { plan, facts } = samples.everything;
  const { basis } = toPlanDocument(plan, {
    ...facts,
    world: {
      ...facts.world,
      desired: new Map([...facts.world.desired, ['old', wanted('old')], ['mine', wanted('mine')]]),
    },
  });
  expect(Object.keys(basis)).toEqual(
    'data echo lost mine off old on search shop theirs'.split(' '),
  );
  expect(basis['search']?.desired).toEqual({ image: wanted('search').spec.image });
  expect(basis['old']?.desired).toBeUndefined();
  expect(basis['old']?.desiredDigest).toMatch(/^d1-/);
  expect(basis['mine']?.desired).toBeUndefined();
  expect(basis['data']?.desiredDigest).toBeNull();
});

function keyedBy(key: string) {
  return wanted('echo', { spec: { env: { API_KEY: key }, command: ['a', '--token', key, '-v'] } });
}

function changeTo(key: string) {
  const service = servicePlan('echo', {
    change: 'replace',
    before: sideOf(keyedBy('planted')),
    after: sideOf(keyedBy(key)),
    road: recreateRoad(keyedBy(key), found(keyedBy('planted')), why),
  });
  const document = toPlanDocument(planOf(service), factsOf({ desired: [keyedBy(key)] }));
  expect(JSON.stringify(document)).not.toContain('planted');
  return document.changes[0]?.change;
}

describe('Secrets', () => {
  const reference = '/mcp/echo#KEY';
  const keyed = wanted('echo', { spec: { env: { KEY: { secret: reference } } } });

  test('are shown by version where it is known, else as a secret only', () => {
    const old = found(keyed, { secretVersions: { [reference]: 'v3' } });
    const road = recreateRoad(keyed, old, { ...why, secretVersions: { [reference]: 'v4' } });
    const service = servicePlan('echo', {
      change: 'replace',
      before: sideOf(keyed, { release: old.release }),
      after: sideOf(keyed),
      road,
    });
    const known = toPlanDocument(planOf(service), factsOf({ instances: [old] })).changes[0]?.change;
    expect(known?.before?.spec).toMatchObject({ env: { KEY: '(secret v3)' } });
    expect(known?.after?.spec).toMatchObject({ env: { KEY: '(secret v4)' } });

    const unknown = toPlanDocument(planOf(service), factsOf()).changes[0]?.change;
    expect(unknown?.before?.spec).toMatchObject({ env: { KEY: '(secret)' } });
  });

  test('in clear are not shown either, but that they change is', () => {
    const inClear = { env: { API_KEY: '(secret in clear)' } };
    expect(changeTo('planted')).toMatchObject({
      before: { spec: inClear },
      after: { spec: inClear },
    });
    expect(changeTo('planted-too')?.after?.spec).toMatchObject({
      env: { API_KEY: '(another secret in clear)' },
      command: ['a', '--token', '(another secret in clear)', '-v'],
    });
  });

  test('name their reference when that is what changed', () => {
    const { plan, facts } = samples.replace;
    const change = toPlanDocument(plan, facts).changes[0]?.change;
    expect(change?.after?.spec).toMatchObject({
      env: { API_KEY: '(secret 7 of /mcp/shared#API_KEY)' },
    });
  });
});

test('What is known only later says when', () => {
  const { plan, facts } = samples['create-from-image'];
  expect(toPlanDocument(plan, facts).changes[0]?.change.after).toMatchObject({
    release: '(known after pull)',
    url: '(known after start)',
  });
});

test('A release that is made already is known, whether it runs on or was made just now', () => {
  const { release: _release, ...after } = sideOf(echo);
  const road = [startStep(instance, why)];
  const afterOf = (before?: Side): Side | null | undefined => {
    const service = servicePlan('echo', {
      change: 'update',
      road,
      after,
      ...(before && { before }),
    });
    const facts = factsOf({ instances: [instance] });
    return toPlanDocument(planOf(service), facts).changes[0]?.change.after;
  };
  expect(afterOf(sideOf(echo, { release: 'r1-known' }))?.release).toBe('r1-known');
  expect(afterOf()?.release).toBe(instance.release);
});

test('The commit is recorded where the documents have one', () => {
  expect(toPlanDocument(samples.create.plan, samples.create.facts).commit).toEqual({
    id: '4f2a91c',
    dirty: true,
  });
  expect(toPlanDocument(planOf(), factsOf())).not.toHaveProperty('commit');
});
