import { expect, test } from 'vitest';
import { createChecks, createLoader, createLoaderInParts } from '../../src/desired/load.ts';
import { createReaders } from '../../src/desired/readers.ts';
import type { Parts } from '../../src/model/parts.ts';
import { fleet, setOf } from './load-texts.ts';

const policy = { allowRoot: false, allowedImages: [], allowedVolumeRoots: [] };
const settings = { runtime: 'memory', runtimes: ['memory'], policy };
const checks = createChecks();
const FILES = 200;
const set = setOf({
  ...Object.fromEntries(
    Array.from({ length: FILES }, (_, index) => [
      `s${String(index)}.yaml`,
      fleet(`  s${String(index)}:\n    template: echo\n    # ${'x'.repeat(100)}\n`),
    ]),
  ),
  'broken.yaml': 'services: [',
});

function doAll<Result>(parts: Parts<Result>): { readonly pauses: number; readonly result: Result } {
  for (let pauses = 0; ; pauses += 1) {
    const part = parts.next();
    if (part.done === true) return { pauses, result: part.value };
  }
}

test('documents that are read in parts come to the same, and large sets are read with pauses', () => {
  const { pauses, result } = doAll(createLoaderInParts(settings, checks)(set));
  expect(result).toEqual(createLoader(settings, checks)(set));
  expect(result.services).toHaveLength(FILES);
  expect(pauses).toBeGreaterThan(2);
});

test('what did not change is not read again and takes no pause, whoever reads with the same readers', () => {
  const readers = createReaders(settings, checks);
  const load = createLoaderInParts(settings, checks, readers);
  const { result } = doAll(load(set));
  expect(doAll(load(set))).toMatchObject({ pauses: 0 });
  const other = doAll(createLoaderInParts(settings, checks, readers)(set));
  expect(other.pauses).toBe(0);
  expect(other.result.services[0]).toBe(result.services[0]);
});
