import { expect, test } from 'vitest';
import { plan } from '../../src/plan/plan.ts';
import { inputOf, settled, type InputOverrides } from '../helpers/plan-input.ts';
import { found, START_MS, wanted } from '../helpers/services.ts';

const OLD = 'a'.repeat(24);
const NEW = 'b'.repeat(24);
const files = wanted('files', { spec: { image: 'files:1', transport: 'stdio' } });
const live = found(files, { bridge: OLD });
const bridges = new Map([['memory', NEW]]);
const wish = {
  kind: 'update-bridge',
  id: 'w1',
  service: 'files',
  by: 'ada',
  atMs: START_MS,
} as const;

test('a new bridge rolls nothing by itself', () => {
  const planned = planFiles({ ...settled(live), bridges });
  expect(planned).toMatchObject({ change: 'no-op', road: [] });
});

test('where somebody asks, what has another bridge is replaced by another release', () => {
  const planned = planFiles({ ...settled(live), bridges, requests: [wish] });
  expect(planned).toMatchObject({
    change: 'replace',
    reason: 'replace_by_request',
    cause: 'bridge moves from aaaaaaaaaaaa to bbbbbbbbbbbb',
    replacePaths: ['bridge'],
    spent: [],
  });
  const create = planned?.road.find((step) => step.kind === 'create');
  expect(create?.release).not.toBe(live.release);
  expect(create?.target.name).not.toBe(live.name);
});

test.each([
  ['once everything has the present bridge', { bridge: NEW }, bridges],
  ['where nobody knows which bridge it has', {}, bridges],
  ['where there is none', {}, new Map<string, string>()],
])('the wish is over %s', (_when, facts, known) => {
  const instance = found(files, facts);
  const planned = planFiles({ ...settled(instance), bridges: known, requests: [wish] });
  expect(planned).toMatchObject({ change: 'no-op', spent: ['w1'] });
});

test('the wish lasts while nobody can tell which bridge is the present one', () => {
  const planned = planFiles({ ...settled(live), bridges: new Map(), requests: [wish] });
  expect(planned).toMatchObject({ change: 'no-op', spent: [] });
});

test('the wish lasts while the one with the older bridge is still there', () => {
  const old = found(files, { bridge: OLD, state: 'exited', name: 'mcp-files-0-1' });
  const current = found(files, { bridge: NEW });
  const planned = planFiles({
    ...settled(current),
    instances: [old, current],
    bridges,
    requests: [wish],
  });
  expect(planned?.spent).toEqual([]);
  expect(planned?.road).toMatchObject([{ kind: 'remove', target: { name: old.name } }]);
});

test('the wish for a service that needs no bridge is over at once', () => {
  const http = wanted('files', { spec: { image: 'files:1' } });
  const planned = planFiles({
    ...settled(found(http, { bridge: OLD })),
    services: [http],
    bridges,
    requests: [wish],
  });
  expect(planned).toMatchObject({ change: 'no-op', spent: ['w1'] });
});

function planFiles(overrides: InputOverrides) {
  return plan(inputOf({ services: [files], ...overrides })).services.find(
    ({ name }) => name === 'files',
  );
}
