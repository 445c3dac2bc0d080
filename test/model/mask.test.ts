import { expect, test } from 'vitest';
import { createMask, maskValues } from '../../src/model/mask.ts';

test('a value that contains another one is blotted out whole, a very short one not at all', () => {
  const env = { A: { secret: 'env:A' }, B: { secret: 'env:B' }, C: { secret: 'env:C' } };
  const mask = createMask(
    { env },
    {
      A: 'secret',
      B: 'secret-longer',
      C: 'on',
    },
  );
  expect(mask('on: secret-longer and secret')).toBe('on: (secret) and (secret)');
});

test('a value of many lines is blotted out line by line, as it is printed', () => {
  const key = ['-----BEGIN KEY-----', 'c2VjcmV0LWxpbmU', '-----END KEY-----'].join('\n');
  const mask = createMask({ env: { KEY: { secret: '/mcp/x#KEY' } } }, { KEY: key });
  expect(mask(key)).toBe('(secret)');
  expect(mask('> c2VjcmV0LWxpbmU <')).toBe('> (secret) <');
});

test('what a document has in clear and looks secret is blotted out too', () => {
  const env = { API_KEY: 'planted-1', LEVEL: 'verbose', SESSION_DRIVER: 'database' };
  const mask = createMask({ env, command: ['serve', '--token', 'planted-2'] }, env);
  const printed = 'planted-1 planted-2 verbose database';
  expect(mask(printed)).toBe('(secret) (secret) verbose database');
});

test('a value is blotted out also where it is printed as JSON', () => {
  const mask = maskValues(['say "friend"']);
  expect(mask(JSON.stringify({ stderr: 'it is say "friend"' }))).toBe(
    '{"stderr":"it is (secret)"}',
  );
});

test('a secret of very many lines is blotted out as any other', () => {
  const lines = Array.from({ length: 20_000 }, (_unused, at) => `line-${at}-of-a-key`);
  const mask = maskValues([lines.join('\n'), 'secret']);
  expect(mask(`${lines[7]} and secret`)).toBe('(secret) and (secret)');
});
