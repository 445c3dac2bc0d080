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
  ['DB_PW', 'x'],
  ['DB_PW_2', 'x'],
  ['TOKEN1', 'x'],
  ['APIKEY1', 'x'],
  ['apiKeys', 'x'],
  ['PASSWORD2', 'x'],
  ['PASSWORDS', 'x'],
  ['PGPASS', 'x'],
  ['OAUTH', 'x'],
  ['GITHUB_OAUTH2', 'x'],
  ['SECRETKEY', 'x'],
  ['ACCESSKEY', 'x'],
  ['AUTHKEY', 'x'],
  ['AUTH0_CLIENT_SECRET', 'x'],
  ['DATABASE', 'app:hunter2@tcp(db:3306)/app'],
  ['DATABASE', 'app:hun/ter2@tcp(db:3306)/app'],
  ['DATABASE', 'app:hunter2@10.0.0.5:5432/app'],
  ['DATABASE', 'app:hunter2@db'],
  ['DATABASE', 'jdbc:postgresql://app:hunter2@db/app'],
  ['WEBHOOK', 'https://hooks.slack.com/services/T0/B0/x'],
  ['WEBHOOK', 'https://discord.com/api/webhooks/1/x'],
  ['STRIPE', `sk_live_${'a1'.repeat(12)}`],
  ['ANYTHING', `mcpm_${'0a'.repeat(6)}_x`],
  ['ANYTHING', `hf_${'aB'.repeat(17)}`],
  ['ANYTHING', `npm_${'a1'.repeat(18)}`],
  ['ANYTHING', `ghr_${'a1'.repeat(18)}`],
  ['ANYTHING', `AIza${'a-_1b'.repeat(7)}`],
  ['ANYTHING', `SG.${'a1'.repeat(11)}.x`],
  ['ANYTHING', `ASIA${'A1'.repeat(8)}`],
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
  ['PROXY_BYPASS', 'localhost'],
  ['PROXYBYPASS', 'localhost'],
  ['COMPASS', 'n'],
  ['PASSTHROUGH', 'x'],
  ['COMPASS_HEADING', 'n'],
  ['KEYBOARD2', 'de'],
  ['TURKEY', 'x'],
  ['PW_BROWSER', 'firefox'],
  ['OAUTH_ISSUER', 'https://example.com'],
  ['OAUTH2_AUDIENCE', 'x'],
  ['AUTH0_DOMAIN', 'x.example.com'],
  ['PROTOCOL', 'http2'],
  ['IMAGE', 'python:3.12@sha256:00'],
  ['CONTACT', 'mailto:ann@example.com'],
  ['PACKAGE', 'npm:left-pad@1.3.0'],
  ['JAR', 'org.example:tool:1.0@jar'],
  ['REPOSITORY', 'git@example.com:team/one'],
  ['AT', '10:30@example'],
  ['ANYTHING', 'example.com:8080/a@b'],
  ['ANYTHING', 'npm_config_cache_location'],
  ['ANYTHING', 'hf_hub_disable_telemetry'],
  ['ANYTHING', 'ASIA_PACIFIC_SOUTHEAST_1'],
  ['ANYTHING', 'sk_test_is_no_key_of_anybody'],
  ['ANYTHING', 'https://hooks.example.com/services/x'],
])('%s=%s is written down', (name, value) => {
  expect(looksSecret(name, value)).toBe(false);
});

test.each([
  ['--api-key', 'x'],
  ['--db-pwd', 'x'],
  ['--token-2', 'x'],
  ['Authorization', 'x'],
  ['key', 'redis://:abc@host'],
  ['--db-pw', 'x'],
  ['--secretkey', 'x'],
  ['--passwords', 'x'],
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
  ['--pw', '/work'],
  ['--oauth', 'github'],
  ['--bandpass', '2'],
])('%s %s may stand in a command', (name, value) => {
  expect(isSurelySecret(name, value)).toBe(false);
});

test('a long value is looked at in no time, whatever stands in it', () => {
  const value = `a://${'x:'.repeat(500_000)}`;

  expect(looksSecret('ANYTHING', value)).toBe(false);
  expect(looksSecret('ANYTHING', `${value}@`)).toBe(true);
});

test('nor does it matter how a long value ends that begins as a name and a password', () => {
  const value = `app:${'x'.repeat(1_000_000)}`;

  expect(looksSecret('ANYTHING', value)).toBe(false);
  expect(looksSecret('ANYTHING', `${value}@db`)).toBe(true);
});

test('addresses within addresses are looked at once', () => {
  expect(looksSecret('ANYTHING', 'https://a?x='.repeat(20_000))).toBe(false);
});
