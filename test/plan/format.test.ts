import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { toPlanDocument } from '../../src/plan/document.ts';
import { formatPlanDocument } from '../../src/plan/format.ts';
import { wanted } from '../helpers/services.ts';
import { createRoad, factsOf, planOf, servicePlan, sideOf, wait } from './golden/build-plan.ts';
import { samples } from './golden/samples.ts';

const why = { reason: 'start_because_stopped', cause: 'it was stopped' } as const;

// A text that differs on purpose is accepted by `npm test -- test/plan/format.test.ts -u`; read the diff first.
describe.each(Object.entries(samples))('The plan %s', (name, { plan, facts }) => {
  const document = toPlanDocument(plan, facts);

  test('reads as its golden file says', async () => {
    const text = formatPlanDocument(document, { color: false });
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  test('is the same text with colour, once colour is taken out', () => {
    const colored = formatPlanDocument(document, { color: true });
    expect(stripVTControlCharacters(colored)).toBe(formatPlanDocument(document, { color: false }));
  });
});

test('With colour the plan carries it even where nothing is a terminal', async () => {
  const { plan, facts } = samples.everything;
  const text = formatPlanDocument(toPlanDocument(plan, facts), { color: true });
  await expect(`${text}\n`).toMatchFileSnapshot('golden/everything-in-color.txt');
});

test('A saved plan carries no note that apply may do something else', () => {
  const { plan, facts } = samples.create;
  const document = toPlanDocument(plan, facts);
  expect(formatPlanDocument(document, { color: false })).toContain('--out');
  expect(formatPlanDocument(document, { color: false, saved: true })).not.toContain('--out');
});

test('What is known of only one end of a change is not told as a change', () => {
  const road = createRoad(wanted('echo'), why).slice(1);
  const { spec: _spec, url: _url, ...before } = sideOf(wanted('echo'), { power: 'off' });
  const after = sideOf(wanted('echo'));
  const service = servicePlan('echo', { change: 'update', ...why, before, after, road });
  const text = formatPlanDocument(toPlanDocument(planOf(service), factsOf()), { color: false });
  expect(text).toContain('~ power: "off" -> "on"');
  expect(text).not.toMatch(/[-+~] (url|command|release)/);
});

test.each([
  ['create', 'echo will be created'],
  ['update', 'echo will be updated in place'],
  ['delete', 'echo will be removed'],
] as const)('A reason that a newer manager wrote is told by its action, %s', (action, headline) => {
  const document = toPlanDocument(samples.create.plan, samples.create.facts);
  const [first] = document.changes;
  const change = { ...first, service: 'echo', change: { ...first?.change, actions: [action] } };
  const newer = JSON.stringify([{ ...change, actionReason: 'constructor' }]);
  const text = formatPlanDocument({ ...document, changes: JSON.parse(newer) }, { color: false });
  expect(text).toContain(headline);
});

test('What a service wrote itself cannot add lines to the plan or steer the terminal', () => {
  const cause = 'it said:\n\u001B[2Jall is well\u202E';
  const plan = planOf(servicePlan('echo', { road: [wait('back-off-ends', cause)] }));
  const text = formatPlanDocument(toPlanDocument(plan, factsOf()), { color: false });
  expect(text).toContain(String.raw`echo: it said:\n\u{1b}[2Jall is well\u{202e}`);
});
