import { expect, test } from 'vitest';
import {
  containerExists,
  containerMissing,
  instanceMissing,
  severalInstances,
  toErrorBody,
} from '../../src/platform/error-body.ts';

test('an error says its code twice, for programs and for people', () => {
  expect(toErrorBody('container_not_found', 404, containerMissing('x'))).toEqual({
    error: 'container_not_found',
    code: 404,
    message: 'container x not found',
  });
});

test('errors have the texts that callers know', () => {
  expect(containerMissing('x')).toBe('container x not found');
  expect(containerExists('x')).toBe('container x already exists');
  expect(instanceMissing('x')).toBe('instance not found: x');
  expect(severalInstances('x', ['i1', 'i2'])).toBe(
    'several instances are called x, name one by its id: i1, i2',
  );
});
