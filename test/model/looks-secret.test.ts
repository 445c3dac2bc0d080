import { expect, test } from 'vitest';
import { looksSecret } from '../../src/model/looks-secret.ts';

test.each([
  ['API_KEY', 'x'],
  ['GITHUB_TOKEN', 'x'],
  ['githubToken', 'x'],
  ['db-password', 'x'],
  ['PGPASSWORD_SECRET', 'x'],
  ['OPENAI_APIKEY', 'x'],
  ['AWS_SECRET_ACCESS_KEY', 'x'],
  ['BASIC_AUTH', 'x'],
  ['SENTRY_DSN', 'x'],
  ['DATABASE_URL', 'postgres://app:hunter2@db/app'],
  ['ANYTHING', 'https://user:pass@example.com'],
  ['ANYTHING', 'https://user:p@ss:@example.com'],
])('%s=%s is kept as a secret', (name, value) => {
  expect(looksSecret(name, value)).toBe(true);
});

test.each([
  ['LOG_LEVEL', 'debug'],
  ['KEYBOARD', 'de'],
  ['AUTHOR', 'ann'],
  ['MONKEY', 'x'],
  ['PUBLIC_KEY', 'x'],
  ['TOKEN_FILE', '/run/token'],
  ['SECRETS_PATH', '/run'],
  ['DATABASE_URL', 'postgres://db/app'],
  ['ANYTHING', 'https://user@example.com:8080'],
  ['ANYTHING', 'https://example.com:8080/a@b'],
  ['API_KEY', ''],
])('%s=%s is written down', (name, value) => {
  expect(looksSecret(name, value)).toBe(false);
});

test('a long value is looked at in no time, whatever stands in it', () => {
  const value = `a://${'x:'.repeat(500_000)}`;

  expect(looksSecret('ANYTHING', value)).toBe(false);
  expect(looksSecret('ANYTHING', `${value}@`)).toBe(true);
});
