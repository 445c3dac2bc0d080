import fc from 'fast-check';
import { expect, test } from 'vitest';
import { desiredDigest, releaseOf, revisionOf } from '../../src/model/revision.ts';
import type { ServiceSpec } from '../../src/model/service.ts';
import { found, wanted } from '../helpers/services.ts';
import { allowTime, expectNever } from './property.ts';

const LEGAL_LABEL = /^[a-z0-9]([-a-z0-9_.]{0,61}[a-z0-9])$/;
const value = fc.oneof(fc.string(), fc.record({ secret: fc.string() }));
const specs: fc.Arbitrary<ServiceSpec> = fc
  .record(
    {
      image: fc.string(),
      command: fc.array(fc.string(), { maxLength: 3 }),
      env: fc.dictionary(fc.string(), value, { maxKeys: 5 }),
      user: fc.string(),
      port: fc.nat(65_535),
      path: fc.string(),
    },
    { requiredKeys: [] },
  )
  .map((overrides) => wanted('any', { spec: overrides }).spec);
allowTime();

test('A revision does not depend on the order of keys nor on undefined members', () => {
  expectNever(specs, (spec) => {
    const { env, path, port, ...rest } = spec;
    const turned = Object.fromEntries(Object.entries(env).toReversed());
    const padded = { absent: undefined, path, ...rest, env: turned, port };
    const legal = LEGAL_LABEL.test(revisionOf(spec)) ? [] : ['no legal label'];
    return revisionOf(padded) === revisionOf(spec) ? legal : ['it moved'];
  });
  expect.hasAssertions();
});

test('Two specs have one revision exactly when they are equal', () => {
  expectNever(fc.tuple(specs, specs), ([a, b]) => {
    const equal = fc.stringify(sorted(a)) === fc.stringify(sorted(b));
    return (revisionOf(a) === revisionOf(b)) === equal ? [] : ['collision'];
  });
  expect.hasAssertions();
});

test('Where a document lies changes neither digest nor revision; everything decided does', () => {
  const service = wanted('echo');
  const moved = { ...service, directory: '/elsewhere', place: { ...service.place, line: 9 } };
  expect(desiredDigest(moved)).toBe(desiredDigest(service));
  expect(desiredDigest({ ...service, power: 'off' })).not.toBe(desiredDigest(service));
  expect(desiredDigest({ ...service, slug: 'other' })).not.toBe(desiredDigest(service));
});

test('A release moves with the image and the secrets of its revision', () => {
  const { revision } = found('echo');
  const base = releaseOf({ revision, secretVersions: {} });
  const others = [
    releaseOf({ revision, secretVersions: { 'file:/key': 'k1-v1' } }),
    releaseOf({ revision, secretVersions: {}, imageId: 'image-2' }),
    releaseOf({ revision, secretVersions: {}, bridge: '1' }),
  ];
  expect(new Set([base, ...others])).toHaveLength(4);
});

function sorted({ env, ...rest }: ServiceSpec): unknown {
  return { ...rest, env: Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}
