import { expect, test } from 'vitest';
import { fieldChanges } from '../../src/plan/field-changes.ts';
import { wanted } from '../helpers/services.ts';

test('Equal specs have no changes, whatever the order of their keys', () => {
  expect(fieldChanges({ a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 })).toEqual([]);
});

test('Maps are compared key by key, lists as a whole, and paths are sorted', () => {
  const before = wanted('echo', { spec: { env: { LEVEL: 'info', OLD: '1' } } }).spec;
  const after = wanted('echo', {
    spec: {
      command: ['node', 'other.ts'],
      env: { LEVEL: 'debug', NEW: '2' },
      resources: { ...before.resources, pids: 64 },
      volumes: [{ source: 'data', destination: '/data', readOnly: false }],
    },
  }).spec;
  expect(fieldChanges(before, after)).toEqual([
    { path: 'command', before: ['node', 'server.ts'], after: ['node', 'other.ts'] },
    { path: 'env.LEVEL', before: 'info', after: 'debug' },
    { path: 'env.NEW', before: undefined, after: '2' },
    { path: 'env.OLD', before: '1', after: undefined },
    { path: 'resources.pids', before: 128, after: 64 },
    { path: 'volumes', before: [], after: after.volumes },
  ]);
});

test('A secret reference is one value, also where a value in clear was before', () => {
  const reference = { secret: '/mcp/echo#KEY' };
  expect(fieldChanges({ env: { KEY: 'x' } }, { env: { KEY: reference } })).toEqual([
    { path: 'env.KEY', before: 'x', after: reference },
  ]);
  expect(fieldChanges({ env: {} }, { env: { KEY: reference } })).toEqual([
    { path: 'env.KEY', before: undefined, after: reference },
  ]);
});

test('A missing side counts as one without fields', () => {
  expect(fieldChanges(undefined, { env: { A: '1' }, port: 1 })).toEqual([
    { path: 'env.A', before: undefined, after: '1' },
    { path: 'port', before: undefined, after: 1 },
  ]);
  expect(fieldChanges({ port: 1 }, null)).toEqual([{ path: 'port', before: 1, after: undefined }]);
});

test('Names that every object inherits are ordinary keys', () => {
  expect(fieldChanges({ env: {} }, { env: { constructor: 'x' } })).toEqual([
    { path: 'env.constructor', before: undefined, after: 'x' },
  ]);
});

test('Nesting without end is compared as a whole, not followed', () => {
  const deep = (depth: number, value: number): unknown =>
    depth === 0 ? value : { a: deep(depth - 1, value) };
  const [change] = fieldChanges(deep(50, 1), deep(50, 2));
  expect(change?.path.split('.').length).toBeLessThan(10);
});
