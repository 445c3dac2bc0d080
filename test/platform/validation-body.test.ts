import { expect, test } from 'vitest';
import { readJsonSpec } from '../../src/platform/read-json-spec.ts';
import { readValidateContainer } from '../../src/platform/validate-container.ts';
import {
  toValidation,
  type Validation,
  validationFailed,
} from '../../src/platform/validation-body.ts';
import { NOW_MS } from './facts.ts';
import { IMAGE, NAMED } from './json-specs.ts';

const GOOD = readJsonSpec(IMAGE, NAMED);
const HERE = { image: 'a:1', exists: true, canPull: true, sizeBytes: 7_654_321 };
const ELSEWHERE = { image: 'a:1', exists: false, canPull: true };
const NOWHERE = { image: 'a:1', exists: false, canPull: false };
const FINE = {
  valid: true,
  errors: [],
  warnings: [],
  image_exists: false,
  can_pull: false,
  estimated_size: '',
  timestamp: '2026-01-01T00:01:01.12Z',
};

test.each<[string, Omit<Validation, 'nowMs'>, object]>([
  ['a spec without an image', { reading: GOOD }, {}],
  [
    'an image that is here',
    { reading: GOOD, image: HERE },
    { image_exists: true, can_pull: true, estimated_size: '7654321 bytes' },
  ],
  [
    'an image that is elsewhere',
    { reading: GOOD, image: ELSEWHERE },
    { can_pull: true, warnings: ['Image a:1 will be pulled during container creation'] },
  ],
  [
    'an image that is nowhere',
    { reading: GOOD, image: NOWHERE },
    { valid: false, errors: ['Image a:1 does not exist locally and cannot be pulled'] },
  ],
  ['two places left', { reading: GOOD, count: { running: 8, most: 10 } }, {}],
  [
    'one place left',
    { reading: GOOD, count: { running: 9, most: 10 } },
    { warnings: ['Close to container limit: 9/10'] },
  ],
  [
    'no place left',
    { reading: GOOD, count: { running: 10, most: 10 } },
    { valid: false, errors: ['Container limit reached: 10/10'] },
  ],
  [
    'a mistake, and limits that are none',
    { reading: readJsonSpec({ image: 'a', resources: 7 }, NAMED) },
    {
      valid: false,
      errors: ['Invalid JSON spec: required field port is missing'],
      warnings: ['Resource validation: resources must be an object'],
    },
  ],
])('the verdict on %s is in the words of the platform', (_what, validation, said) => {
  expect(toValidation({ ...validation, nowMs: NOW_MS })).toEqual({ ...FINE, ...said });
});

test('the event of a failed validation has all of its errors', () => {
  expect(validationFailed(['a', 'b c'])).toBe('Validation failed: [a b c]');
});

test('nothing but the json_spec is asked for', () => {
  const sent = { instance_id: 'validation-check', name: 'validation-test', dry_run: true };

  expect(readValidateContainer({ ...sent, json_spec: IMAGE })).toMatchObject({
    kind: 'valid',
    fields: { platform: { instanceId: 'validation-check', serviceName: 'validation-test' } },
  });
  for (const named of [{}, { instance_id: '', name: '' }]) {
    expect(readValidateContainer({ ...named, json_spec: IMAGE })).toMatchObject({
      kind: 'valid',
      fields: { platform: { serviceName: 'validation' } },
    });
  }
  for (const body of [undefined, [], { name: 7, instance_id: {} }]) {
    expect(readValidateContainer(body)).toMatchObject({ kind: 'invalid' });
  }
});
