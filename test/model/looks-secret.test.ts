import { expect, test } from 'vitest';
import { isSurelySecret, looksSecret } from '../../src/model/looks-secret.ts';

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
  ['PGPASSWORD', 'x'],
  ['MYSQLPWD', 'x'],
  ['authtoken', 'x'],
  ['JWT', 'x'],
  ['AUTH_HEADER', 'Bearer abc'],
  ['TOKEN_URL', 'https://example.com/a?token=abc#b'],
  ['MSSQL_CONNECTION_STRING', 'Server=x;Password=1'],
  ['CONNECTION', 'host=db user=u password=x'],
  ['ANYTHING', 'ghp_0123456789abcdef'],
  ['ANYTHING', '-----BEGIN RSA PRIVATE KEY-----'],
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
  ['PASSWORD_FILE', '/run/x'],
  ['TOKEN_ENV', 'NAME'],
  ['NO_AUTH', 'true'],
  ['ANYTHING', 'https://example.com/a?page=2'],
  ['ANYTHING', 'skip-this-one-please'],
])('%s=%s is written down', (name, value) => {
  expect(looksSecret(name, value)).toBe(false);
});

test.each([
  ['--api-key', 'x'],
  ['--db-pwd', 'x'],
  ['--token-2', 'x'],
  ['Authorization', 'x'],
  ['key', 'redis://:abc@host'],
])('%s %s is refused where only a command could hold it', (name, value) => {
  expect(isSurelySecret(name, value)).toBe(true);
});

test.each([
  ['--key', 'x'],
  ['--session', 'x'],
  ['--max-tokens', '4096'],
  ['--no-token', 'run'],
  ['--password-stdin', 'x'],
  ['--token-env', 'NAME'],
  ['--pwd', '/work'],
  ['--authorization-server', 'https://example.com'],
  ['--token', 'none'],
])('%s %s may stand in a command', (name, value) => {
  expect(isSurelySecret(name, value)).toBe(false);
});

test('a long value is looked at in no time, whatever stands in it', () => {
  const value = `a://${'x:'.repeat(500_000)}`;

  expect(looksSecret('ANYTHING', value)).toBe(false);
  expect(looksSecret('ANYTHING', `${value}@`)).toBe(true);
});

test('addresses within addresses are looked at once', () => {
  expect(looksSecret('ANYTHING', 'https://a?x='.repeat(20_000))).toBe(false);
});
