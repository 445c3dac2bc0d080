import { expect, test } from 'vitest';
import { platformSlug } from '../../src/model/names.ts';
import { fleet, linesOf, memoryLoader, namesOf, setOf } from './load-texts.ts';

test('a name in two files is told with both places and frozen at its last good version', () => {
  const loader = memoryLoader();
  const first = fleet('  echo: {image: x}\n');
  loader(setOf({ 'a.yaml': first }));
  const desired = loader(
    setOf({ 'a.yaml': first, 'b.yaml': fleet('  other: {image: y}\n  echo: {image: z}\n') }),
  );

  expect(linesOf(desired)).toEqual([
    'b.yaml:4:3 DUPLICATE_NAME "echo" is already defined at a.yaml:3:3 (rename or remove one of the two)',
  ]);
  expect(desired.frozen).toMatchObject([{ name: 'echo' }]);
  expect(desired.services.map(({ spec }) => spec.image)).toEqual(['x', 'y']);
});

test('a slug that is taken freezes whoever comes later', () => {
  const loader = memoryLoader();
  const old = fleet('  old: {image: x, slug: shared}\n');
  loader(setOf({ 'z.yaml': old }));
  const desired = loader(
    setOf({ 'a.yaml': fleet('  new: {image: y, slug: shared}\n'), 'z.yaml': old }),
  );

  expect(linesOf(desired)).toEqual([
    'a.yaml:3:3 SLUG_TAKEN slug "shared" is taken by "old" at z.yaml:3:3 (give one of them another `slug:`)',
  ]);
  expect(namesOf(desired)).toEqual(['old']);
});

test('of two newcomers with one slug a person comes before the API', () => {
  const desired = memoryLoader()(
    setOf({
      'api/a.yaml': fleet('  api-one: {image: x, slug: s}\n'),
      'b.yaml': fleet('  s: {image: y}\n'),
    }),
  );

  expect(namesOf(desired)).toEqual(['s']);
  expect(desired.frozen).toMatchObject([{ name: 'api-one' }]);
});

test('who falls back to a slug that was given away meanwhile keeps it', () => {
  const loader = memoryLoader();
  const taken = '  c: {image: x, slug: s3}\n';
  loader(setOf({ 'a.yaml': fleet(`  a: {image: x, slug: s1}\n${taken}`) }));
  const desired = loader(
    setOf({ 'a.yaml': fleet(`  a: {image: x, slug: s3}\n  b: {image: x, slug: s1}\n${taken}`) }),
  );

  expect(desired.services.map(({ name, slug }) => [name, slug])).toEqual([
    ['a', 's1'],
    ['c', 's3'],
  ]);
  expect(desired.frozen.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('origin and slug are told by where the document lies', () => {
  const desired = memoryLoader()(
    setOf({
      'a.yaml': fleet('  a: {image: x}\n'),
      'api/b.yaml': fleet('  b: {image: x}\n'),
      'core/c.yaml': fleet('  c: {image: x, platform: {instanceId: id-1}}\n'),
      'apis/d.yaml': fleet('  d: {image: x, slug: mine}\n'),
    }),
  );

  expect(desired.services.map(({ origin, slug }) => [origin, slug])).toEqual([
    ['file', 'a'],
    ['api', platformSlug('b', 'b')],
    ['core', platformSlug('c', 'id-1')],
    ['file', 'mine'],
  ]);
});

test('what the API declares has its plain name too, where that is free', () => {
  const desired = memoryLoader()(
    setOf({
      'taken.yaml': fleet('  taken: {image: x}\n'),
      'api/a.yaml': fleet(`  a: ${named('My Echo', 'w1')}\n  b: {image: x}\n`),
      'api/c.yaml': fleet(`  c: ${named('both', 'w1')}\n  d: ${named('both', 'w2')}\n`),
      'api/e.yaml': fleet(`  e: ${named('taken', 'w1')}\n  f: {image: x, slug: f}\n`),
      'api/g.yaml': fleet(`  g: ${named('"…"', 'w1')}\n`),
      'core/h.yaml': fleet('  h: {image: x}\n'),
    }),
  );

  const plainNames = desired.services.map(({ name, plainName = '-' }) => `${name} ${plainName}`);
  expect(plainNames).toEqual([
    'a my-echo',
    'b b',
    'c -',
    'd -',
    'e -',
    'f -',
    'g -',
    'h -',
    'taken -',
  ]);
});

test('a plain name that another service takes by its slug is led there alone', () => {
  const loader = memoryLoader();
  const api = { 'api/a.yaml': fleet('  a: {image: x, platform: {serviceName: echo}}\n') };
  expect(loader(setOf(api)).services).toMatchObject([{ plainName: 'echo' }]);

  const both = loader(setOf({ ...api, 'echo.yaml': fleet('  echo: {image: y}\n') }));
  expect(both.services.map(({ slug, plainName }) => [slug, plainName])).toEqual([
    [platformSlug('a', 'a'), undefined],
    ['echo', undefined],
  ]);

  expect(loader(setOf(api)).services).toMatchObject([{ plainName: 'echo' }]);
});

function named(name: string, workspace: string): string {
  return `{image: x, platform: {serviceName: ${name}, workspaceId: ${workspace}}}`;
}
