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
  ['API_KEY', ''],
])('%s=%s is written down', (name, value) => {
  expect(looksSecret(name, value)).toBe(false);
});
