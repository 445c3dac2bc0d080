import { expect, test } from 'vitest';
import { namedValues } from '../../src/model/named-values.ts';
import type { UnknownRecord } from '../../src/model/record.ts';
import { redactFields } from '../../src/model/redact.ts';

const R = '[REDACTED]';

test.each<[UnknownRecord, UnknownRecord]>([
  [
    { env: { API_KEY: 'planted', PIN: 4711, LEVEL: 'info' } },
    { env: { API_KEY: R, PIN: R, LEVEL: 'info' } },
  ],
  [
    { env: { AUTH_HEADER: 'Bearer planted', COOKIE_NAME: 'a' } },
    { env: { AUTH_HEADER: R, COOKIE_NAME: R } },
  ],
  [{ env: { STORE: 'AccountName=a;AccountKey=planted' } }, { env: { STORE: R } }],
  [{ env: { URL: 'https://a/b?sig=planted' } }, { env: { URL: R } }],
  [{ env: { URL: 'redis://me:planted@host' } }, { env: { URL: R } }],
  [{ headers: { Cookie: 'planted', Accept: 'a/b' } }, { headers: { Cookie: R, Accept: 'a/b' } }],
  [{ with: { token: 'planted', size: 3 } }, { with: { token: R, size: 3 } }],
  [
    { with: { list: [{ token: 'planted' }, [{ secret: 'planted' }]] } },
    { with: { list: [{ token: R }, [{ secret: R }]] } },
  ],
  [
    { health_check: { headers: { Authorization: 'planted' }, path: '/x' } },
    { health_check: { headers: { Authorization: R }, path: '/x' } },
  ],
  [{ command: ['-H', 'Authorization:Bearer planted'] }, { command: ['-H', `Authorization:${R}`] }],
  [{ command: ['sh', '-c', 'export DB_TOKEN=planted; run'] }, { command: ['sh', '-c', R] }],
  [{ command: ['--config', '{"apiKey": "planted"}'] }, { command: ['--config', R] }],
  [{ env: ['API_KEY=planted', 'A=b'] }, { env: [`API_KEY=${R}`, 'A=b'] }],
  [{ misspelt: { token: 'planted' } }, { misspelt: { token: R } }],
  [{ image: 'https://me:planted@host/x' }, { image: R }],
  [
    { parameters: { properties: { token: { enum: ['planted'], default: { a: 'b' } } } } },
    { parameters: { properties: { token: { enum: [R], default: { a: 'b' } } } } },
  ],
  [{ endpoint_url: 'https://me@host/mcp' }, { endpoint_url: R }],
  [{ labels: { password: 'planted', team: 'a' } }, { labels: { password: R, team: 'a' } }],
  [{ command: ['a', '--token=planted', 'b'] }, { command: ['a', `--token=${R}`, 'b'] }],
  [{ command: ['a', '--token', 'planted', '-v'] }, { command: ['a', '--token', R, '-v'] }],
  [{ url: 'https://me:planted@host/mcp' }, { url: R }],
  [{ url: 'https://host/mcp?api_key=planted' }, { url: R }],
  [
    { authentication: { type: 'bearer', token: 'planted' } },
    { authentication: { type: 'bearer', token: R } },
  ],
  [
    { verify: { call: { name: 'a', arguments: { secret: 'planted' } } } },
    { verify: { call: { name: 'a', arguments: { secret: R } } } },
  ],
  [
    { environments: { podman: { env: { API_KEY: 'planted' } } } },
    { environments: { podman: { env: { API_KEY: R } } } },
  ],
  [
    { default_config: { environment: { API_KEY: 'planted' } } },
    { default_config: { environment: { API_KEY: R } } },
  ],
  [
    { parameters: { properties: { apiKey: { type: 'string', default: 'planted' } } } },
    { parameters: { properties: { apiKey: { type: 'string', default: R } } } },
  ],
])('what looks secret in %j is not shown, and all else is', (fields, shown) => {
  expect(redactFields(fields)).toEqual(shown);
});

test.each<UnknownRecord>([
  {
    env: { API_KEY: { secret: '/mcp/echo#KEY' }, OTHER_KEY: 'secret_ref:a/b', PORT: 80, ON: true },
  },
  { headers: { Authorization: { secret: 'env:TOKEN', prefix: 'Bearer ' } } },
  { env: { API_KEY: '${apiKey}', URL: 'redis://:${password}@host' } },
  { headers: { Authorization: 'Bearer ${token}' } },
  { command: ['serve', '--max-tokens', '4096', '--token-file', '/t', '${token}', 7] },
  { auth: { tokens: ['0123456789ab'] }, platform: { instanceId: 'i' }, tags: ['token'] },
  { image: 'x', labels: 'no map', env: null, command: 'no list', url: 5, parameters: [] },
])('a reference, and what is filled in later, is shown as it is: %j', (fields) => {
  expect(redactFields(fields)).toEqual(fields);
});

test('many values under a long name take no more room than they have', () => {
  const values = Array.from({ length: 5_000 }, () => 'x');
  const named = namedValues({ with: { ['a'.repeat(100_000)]: values } });
  expect(named).toHaveLength(5_000);
  expect(Math.max(...named.map(({ at }) => at.length))).toBeLessThan(300);
});

test('many openings that are never closed are looked at in no time', () => {
  const text = '${'.repeat(200_000);
  expect(redactFields({ env: { ANY: text } })).toEqual({ env: { ANY: text } });
});
