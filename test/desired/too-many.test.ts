import { expect, test } from 'vitest';
import { fleet, linesOf, memoryLoader, namesOf, setOf } from './load-texts.ts';

const services = (...names: readonly string[]): string =>
  fleet(names.map((name) => `  ${name}: {image: mcp/x:1, command: [x]}\n`).join(''));

test('services beyond the limit are refused, the last ones first', () => {
  const load = memoryLoader({ maxServices: 2 });
  const desired = load(setOf({ 'a.yaml': services('one', 'two', 'three') }));
  expect(namesOf(desired)).toEqual(['one', 'two']);
  expect(linesOf(desired)).toEqual([
    'a.yaml:5:3 TOO_MANY_SERVICES "three" is one more than the 2 services that are allowed (remove another one, or raise MAX_CONTAINERS)',
  ]);
});

test('a new service in front takes nobody the place, and gets the one that becomes free', () => {
  const load = memoryLoader({ maxServices: 2 });
  load(setOf({ 'a.yaml': services('one', 'two') }));
  expect(namesOf(load(setOf({ 'a.yaml': services('new', 'one', 'two') })))).toEqual(['one', 'two']);
  expect(namesOf(load(setOf({ 'a.yaml': services('new', 'one') })))).toEqual(['new', 'one']);
});
