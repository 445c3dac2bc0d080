import { expect, test } from 'vitest';
import type { Instance } from '../../src/model/instance.ts';
import type { PlanDocument } from '../../src/model/plan-document.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { basisOf, findStale } from '../../src/plan/basis.ts';
import { type PlanFacts, toPlanDocument } from '../../src/plan/document.ts';
import { secretsOf } from '../helpers/plan-input.ts';
import { found, START_MS, wanted } from '../helpers/services.ts';
import {
  createRoad,
  factsOf,
  type FactsParts,
  planOf,
  recreateRoad,
  servicePlan,
} from './golden/build-plan.ts';
import { samples } from './golden/samples.ts';

const echo = wanted('echo');
const instance = found(echo);
const why = { reason: 'replace_by_request', cause: 'asked by anna' } as const;

/** A saved plan that replaces echo, as it was when one instance ran. */
function savedPlan(observed: readonly Instance[] = [instance]): PlanDocument {
  const road = recreateRoad(echo, instance, why);
  const plan = planOf(servicePlan('echo', { change: 'replace', ...why, road }));
  const facts = factsOf({ desired: [echo], instances: [...observed, found('other')] });
  return JSON.parse(JSON.stringify(toPlanDocument(plan, facts)));
}

function movedIn(
  saved: PlanDocument,
  instances: readonly Instance[],
  desired: readonly DesiredService[] = [echo],
): readonly string[] {
  return movesOf(saved, factsOf({ desired, instances }));
}

function movesOf(saved: PlanDocument, { world }: PlanFacts): readonly string[] {
  return findStale(saved, world).map(({ service, moved }) => `${service}: ${moved}`);
}

test('The basis holds the approved version and nothing volatile of the objects', () => {
  const { desired, desiredDigest, observed } = basisOf(
    'echo',
    factsOf({ desired: [echo], instances: [found('other'), instance] }).world,
  );
  expect(desired).toEqual({ image: echo.spec.image });
  expect(desiredDigest).toMatch(/^d1-/);
  expect(observed).toEqual([
    {
      id: instance.id,
      name: instance.name,
      revision: instance.revision,
      release: instance.release,
      imageId: null,
      stateClass: 'up',
    },
  ]);
});

test('The objects of a basis are sorted by id, however the runtime lists them', () => {
  const listed = ['id-2', 'id-1', 'id-3'].map((id) => found(echo, { id }));
  expect(
    basisOf('echo', factsOf({ desired: [echo], instances: listed }).world).observed.map(
      ({ id }) => id,
    ),
  ).toEqual(['id-1', 'id-2', 'id-3']);
});

test('A service without a document has no desired version in its basis', () => {
  expect(basisOf('old', factsOf().world)).toEqual({ desiredDigest: null, observed: [] });
});

test('An unchanged world leaves a saved plan fresh, in whatever order it is listed', () => {
  const second = found(echo, { id: 'id-0', name: 'mcp-echo-2' });
  expect(movedIn(savedPlan([instance, second]), [second, instance])).toEqual([]);
});

test.each([
  ['created', 'running'],
  ['running', 'created'],
  ['exited', 'paused'],
] as const)('A restart of the same release, %s then %s, is no move', (before, after) => {
  const saved = savedPlan([{ ...instance, state: before }]);
  const restarted = { ...instance, state: after, startedAtMs: START_MS + 5000, url: 'http://new' };
  expect(movedIn(saved, [restarted])).toEqual([]);
});

test.each<[string, Partial<Instance>, string]>([
  ['release', { release: 'r1-b' }, `its release changed from ${instance.release} to r1-b`],
  ['revision', { revision: 'v1-b' }, `its revision changed from ${instance.revision} to v1-b`],
  ['name', { name: 'renamed' }, 'its name changed to renamed'],
  ['end', { state: 'exited' }, 'it stopped running'],
  [
    'limit',
    { drift: [{ path: 'resources.cpu', expected: '0.5', actual: '2' }] },
    'it has resources.cpu: 2',
  ],
])('A moved %s of an instance is told', (_what, change, moved) => {
  expect(movedIn(savedPlan(), [{ ...instance, ...change }])).toEqual([
    `echo: instance ${instance.name}: ${moved}`,
  ]);
});

test('What differed when the plan was made, and does still, is no move', () => {
  const drift = [{ path: 'resources.cpu', expected: '0.5', actual: '2' }];
  expect(movedIn(savedPlan([{ ...instance, drift }]), [{ ...instance, drift }])).toEqual([]);
});

test('An instance that was down and is up again is told', () => {
  const saved = savedPlan([{ ...instance, state: 'exited' }]);
  expect(movedIn(saved, [instance])).toEqual([`echo: instance ${instance.name}: it was started`]);
});

test('A changed image is told, but not one that was unknown', () => {
  const known = { ...instance, imageId: 'sha256:a' };
  const other = { ...instance, imageId: 'sha256:b' };
  expect(movedIn(savedPlan([known]), [other])).toEqual([
    `echo: instance ${instance.name}: its image changed`,
  ]);
  expect(movedIn(savedPlan(), [other])).toEqual([]);
  expect(movedIn(savedPlan([known]), [instance])).toEqual([]);
});

const known = (version: string) => ({ secrets: secretsOf({ 'file:/key': version }) });

test('A secret or an image that moved behind the document is told, but not one that was unknown', () => {
  const image = 'docker.io/library/nginx:1';
  const web = wanted('echo', { spec: { image, env: { KEY: { secret: 'file:/key' } } } });
  const savedIn = (facts: FactsParts): PlanDocument => {
    const plan = planOf(servicePlan('echo', { change: 'create', road: createRoad(web, why) }));
    return toPlanDocument(plan, factsOf({ desired: [web], ...facts }));
  };
  const meaning = (id: string) => ({ images: new Map([['memory', new Map([[image, { id }]])]]) });
  const now = factsOf({ desired: [web], ...meaning('sha256:b'), ...known('k1-b') });
  expect(movesOf(savedIn({ ...meaning('sha256:a'), ...known('k1-a') }), now)).toEqual([
    `echo: secret file:/key changed; ${image} moved from sha256:a to sha256:b`,
  ]);
  expect(movesOf(savedIn({ ...meaning('sha256:b'), ...known('k1-b') }), now)).toEqual([]);
  expect(movesOf(savedIn({}), now)).toEqual([]);
  expect(movesOf(savedIn(known('k2-a')), now)).toEqual([]);
});

test('Instances that went and came are told by name', () => {
  const anew = found(echo, { id: 'id-new', name: 'mcp-echo-new-1' });
  expect(movedIn(savedPlan(), [anew])).toEqual([
    `echo: instance ${instance.name} is gone; instance mcp-echo-new-1 appeared`,
  ]);
});

test('A document that changed, went or came is told; one that only moved in its file is not', () => {
  const edited = { ...echo, power: 'off' } as const;
  const lines = { ...echo, place: { file: 'other.yaml', line: 90, column: 1 } };
  expect(movedIn(savedPlan(), [instance], [edited])).toEqual(['echo: the document changed']);
  expect(movedIn(savedPlan(), [instance], [])).toEqual(['echo: the document is gone']);
  expect(movedIn(savedPlan(), [instance], [lines])).toEqual([]);

  const { plan, facts } = samples.remove;
  const back = movedIn(toPlanDocument(plan, facts), facts.world.instances, [wanted('old')]);
  expect(back).toEqual(['old: a document appeared']);
});

test('Services that the plan does not touch cannot make it stale', () => {
  const road = createRoad(echo, why);
  const plan = planOf(servicePlan('echo', { change: 'create', road }), servicePlan('other'));
  const saved = toPlanDocument(plan, factsOf({ desired: [echo, wanted('other')] }));
  expect(movedIn(saved, [found('other')])).toEqual([]);
});

test('Every stale service is named', () => {
  const { plan, facts } = samples.everything;
  const saved = toPlanDocument(plan, facts);
  const stale = findStale(saved, factsOf().world);
  const expected = Object.entries(saved.basis)
    .filter(([, { desiredDigest, observed }]) => desiredDigest !== null || observed.length > 0)
    .map(([name]) => name);
  expect(stale.map(({ service }) => service)).toEqual(expected);
});
