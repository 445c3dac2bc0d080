import { expect, test } from 'vitest';
import { createDeclarer } from '../../src/desired/declare.ts';
import type { Wish } from '../../src/desired/edit-document.ts';
import { createChecks, createLoader } from '../../src/desired/load.ts';
import { fleet, setOf } from './load-texts.ts';

const POLICY = { allowRoot: false, allowedImages: [], allowedVolumeRoots: [] };
const SETTINGS = { runtime: 'memory', runtimes: ['memory'], policy: POLICY };
const checks = createChecks();

function declareAll(texts: Readonly<Record<string, string>>, wishes: readonly Wish[]) {
  const set = setOf(texts);
  if (!set.ok) throw new Error('no set');
  const desired = createLoader(SETTINGS, checks)(set);
  return createDeclarer(SETTINGS, checks).declareAll({ set, desired }, wishes);
}

const put = (service: string, fields: Readonly<Record<string, unknown>>): Wish => ({
  service,
  origin: 'core',
  change: { kind: 'put', fields },
});
const remove = (service: string): Wish => ({ service, origin: 'core', change: { kind: 'delete' } });
const OURS = fleet('  one: {image: x}\n  two: {image: x} # mine\n  three: {image: x}\n');

test('many services get a document each, and one that is wrong keeps nobody from it', () => {
  const wishes = [
    put('one', { image: 'x' }),
    put('two', { port: 0 }),
    put('three', { image: 'x' }),
  ];
  const { writes, refused } = declareAll({}, wishes);
  expect(writes.map(({ file, services }) => [file, services])).toEqual([
    ['core/one.yaml', ['one']],
    ['core/three.yaml', ['three']],
  ]);
  expect([...refused].map(([service, problems]) => [service, problems.length > 0])).toEqual([
    ['two', true],
  ]);
});

test('of two that want one slug none is written, and the others are', () => {
  const wishes = ['one', 'two', 'three'].map((service) =>
    put(service, { image: 'x', slug: service === 'three' ? 'third' : 'same' }),
  );
  const { writes, refused } = declareAll({}, wishes);
  expect(writes.map(({ file }) => file)).toContain('core/three.yaml');
  expect(writes).toHaveLength(3 - refused.size);
  expect(refused.size).toBeGreaterThan(0);
});

test('what people have put into one document is changed there, with all wishes at once', () => {
  const wishes = [put('one', { image: 'y' }), remove('three')];
  const { writes } = declareAll({ 'core/all.yaml': OURS }, wishes);
  expect(writes).toMatchObject([
    { file: 'core/all.yaml', before: OURS, services: ['one', 'three'] },
  ]);
  expect(writes[0]?.after).toContain('one: {"image":"y"}\n  two: {image: x} # mine\n');
  expect(writes[0]?.after).not.toContain('three');
});

test('a document that says so already is not written again', () => {
  expect(declareAll({ 'core/all.yaml': OURS }, [put('one', { image: 'x' })]).writes).toEqual([]);
});
