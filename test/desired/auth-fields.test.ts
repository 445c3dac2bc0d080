import { expect, test } from 'vitest';
import type { DesiredService } from '../../src/model/service.ts';
import { fleet, memoryLoader, setOf } from './load-texts.ts';

function load(fields: string) {
  return memoryLoader()(setOf({ 'a.yaml': fleet(`  a: {image: x${fields}}\n`) }));
}

function authOf(fields: string): DesiredService['auth'] {
  const { services, problems } = load(fields);
  expect(problems).toEqual([]);
  return services[0]?.auth;
}

test('whom a service lets in is read, in its short form and its long one', () => {
  expect(authOf('')).toBeUndefined();
  expect(authOf(', auth: none')).toBeUndefined();
  expect(authOf(', auth: token')).toEqual({ role: 'read' });
  expect(authOf(', auth: {}')).toEqual({ role: 'read' });
  expect(authOf(', auth: {mode: token, needs: {role: write}}')).toEqual({ role: 'write' });
  const tokens = '["bbbbbbbbbbbb", "aaaaaaaaaaaa"]';
  expect(authOf(`, auth: {needs: {tokens: ${tokens}}, passToken: true}`)).toEqual({
    role: 'read',
    tokens: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'],
    passToken: true,
  });
});

test('it changes nothing of what runs', () => {
  const revisions = ['', ', auth: token'].map((fields) => load(fields).services[0]?.revision);
  expect(revisions[0]).toBe(revisions[1]);
});

test.each([
  'auth: off',
  'auth: true',
  'auth: {mode: none}',
  'auth: {needs: {role: owner}}',
  'auth: {needs: {tokens: []}}',
  'auth: {needs: {tokens: [mcpm_0123456789ab_secret]}}',
  'auth: {needs: {roles: [write]}}',
])('%s is a problem, and opens nothing', (field) => {
  const { services, problems } = load(`, ${field}`);
  expect(problems).toHaveLength(1);
  expect(services).toEqual([]);
});
