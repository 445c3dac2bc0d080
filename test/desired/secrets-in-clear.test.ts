import { expect, test } from 'vitest';
import { createDeclarer, type Declaration } from '../../src/desired/declare.ts';
import { createChecks, createLoader } from '../../src/desired/load.ts';
import type { UnknownRecord } from '../../src/model/record.ts';
import { fleet, setOf } from './load-texts.ts';

const POLICY = { allowRoot: false, allowedImages: [], allowedVolumeRoots: [] };
const SETTINGS = { runtime: 'memory', runtimes: ['memory'], policy: POLICY };
const checks = createChecks();
const KEYED = JSON.stringify({
  image: 'x',
  env: { API_KEY: { secret: '/mcp/keyed#KEY' }, OTHER: '${api_key}' },
  parameters: { type: 'object', properties: { api_key: { type: 'string', default: '' } } },
});

/** What a program that sends these fields for `echo` would leave. */
function put(fields: UnknownRecord, text?: string): Declaration {
  const set = setOf(text === undefined ? {} : { 'api/echo.yaml': text }, { 'keyed.json': KEYED });
  if (!set.ok) throw new Error('no set');
  const declarer = createDeclarer(SETTINGS, checks);
  const desired = createLoader(SETTINGS, checks)(set);
  const wish = { service: 'echo', origin: 'api', change: { kind: 'put', fields } } as const;
  return declarer.declare({ set, desired }, declarer.find(set, desired, 'echo'), wish);
}

const call = (args: UnknownRecord) => ({ call: { name: 'ask', arguments: args } });

test.each<[string, UnknownRecord]>([
  ['labels.apiToken', { image: 'x', labels: { apiToken: 'planted' } }],
  ['with.api_key', { template: 'keyed', with: { api_key: 'planted' } }],
  ['command --api-key', { image: 'x', command: ['serve', '--api-key', 'planted'] }],
  ['command --token', { image: 'x', command: ['serve', '--token=planted'] }],
  ['command --token (2)', { image: 'x', command: ['serve', '--token', '5', '--token=planted'] }],
  ['command API_KEY', { image: 'x', command: ['env', 'API_KEY=planted', 'serve'] }],
  [
    'command Authorization',
    { image: 'x', command: ['serve', '--header', 'Authorization: Bearer planted'] },
  ],
  ['command[1]', { image: 'x', command: ['serve', 'postgres://me:planted@db/app'] }],
  ['verify.call.arguments.password', { image: 'x', verify: call({ password: 'planted' }) }],
  ['verify.call.arguments.in.secret', { image: 'x', verify: call({ in: { secret: 'planted' } }) }],
  ['verify.call.arguments.tokens[0]', { image: 'x', verify: call({ tokens: ['planted'] }) }],
])('%s in clear is refused, and its value is not told', (at, fields) => {
  const { problems, after } = put(fields);
  expect(problems).toMatchObject([
    { code: 'SECRET_IN_CLEAR', message: `${at} looks secret and is written in clear` },
  ]);
  expect(after).toBeUndefined();
  expect(JSON.stringify(problems)).not.toContain('planted');
});

test.each<[string, UnknownRecord]>([
  ['a number of tokens', { image: 'x', command: ['serve', '--max-tokens', '4096'] }],
  ['a word that names other things too', { image: 'x', labels: { session: 'a', key: 'b' } }],
  ['a file where it lies', { image: 'x', command: ['serve', '--token-file', '/run/token'] }],
  ['an argument of a tool', { image: 'x', verify: call({ key: 'a' }) }],
])('%s is written', (_what, fields) => {
  expect(put(fields).problems).toEqual([]);
});

test('what a person wrote by hand does not stop who changes something else', () => {
  const text = fleet('  echo: {image: x, command: [serve, --token, planted]}\n');
  const shown = { image: 'x', command: ['serve', '--verbose', '--token', '[REDACTED]'] };
  const { problems, fields } = put(shown, text);
  expect(problems).toEqual([]);
  expect(fields).toMatchObject({ command: ['serve', '--verbose', '--token', 'planted'] });
});

test("the platform's spelling of a token is kept apart too", () => {
  const authentication = { type: 'bearer', token: 'planted' };
  const { secrets, problems, after } = put({ url: 'https://mcp.example.com/mcp', authentication });
  const reference = 'file:api/echo/authentication-token';
  expect({ secrets, problems }).toEqual({
    secrets: [{ reference, value: 'planted' }],
    problems: [],
  });
  expect(after).toContain(reference);
});

test('what came back in another order is taken for no other value, and lost by no mistake', () => {
  const text = fleet('  echo: {image: x, command: ["redis://me:planted@db", serve]}\n');
  const { problems } = put({ image: 'x', command: ['serve', '[REDACTED]'] }, text);
  expect(problems).toMatchObject([{ code: 'VALUE_FORMAT' }]);
});

test.each<[string, UnknownRecord, UnknownRecord]>([
  [
    'an option that stood twice',
    { image: 'x', command: ['a', '--token', 'planted-1', '--token', 'planted-2'] },
    { image: 'x', command: ['a', '--token', '[REDACTED]'] },
  ],
  [
    'a value of a list that is in another order',
    {
      image: 'x',
      verify: call({
        list: [
          { token: 'planted-1', a: 1 },
          { token: 'planted-2', a: 2 },
        ],
      }),
    },
    {
      image: 'x',
      verify: call({
        list: [
          { token: '[REDACTED]', a: 2 },
          { token: '[REDACTED]', a: 1 },
        ],
      }),
    },
  ],
  [
    'what only another template gave',
    { template: 'keyed' },
    { image: 'x', env: { API_KEY: '[REDACTED]' } },
  ],
  [
    'a part of a value',
    { image: 'x', env: { API_KEY: 'planted' } },
    { image: 'x', env: { API_KEY: 'Bearer [REDACTED]' } },
  ],
  [
    'a name with a dot',
    { image: 'x', labels: { 'a.token': 'planted' } },
    { image: 'x', labels: { token: '[REDACTED]' } },
  ],
])('%s is not guessed', (_what, before, after) => {
  const text = fleet(`  echo: ${JSON.stringify(before)}\n`);
  expect(put(after, text).problems).toMatchObject([{ code: 'VALUE_FORMAT' }]);
});

test('who wrote those very words may change something else', () => {
  const text = fleet('  echo: {image: x, env: {A: "[REDACTED]"}}\n');
  expect(put({ image: 'y', env: { A: '[REDACTED]' } }, text).problems).toEqual([]);
});

test('names that are joined in another way are other names', () => {
  const written = { a: { b: { token: 'planted-1' } }, 'a.b': { token: 'planted-2' } };
  const shown = { a: { b: { token: '[REDACTED]' } }, 'a.b': { token: '[REDACTED]' } };
  const verify = call;
  const text = fleet(`  echo: ${JSON.stringify({ image: 'x', verify: verify(written) })}\n`);
  const { fields } = put({ image: 'y', verify: verify(shown) }, text);
  expect(fields).toEqual({ image: 'y', verify: verify(written) });
});

test('a reference that stands for the value of another variable is left to it', () => {
  const text = fleet('  echo: {image: x, env: {ApiKey: {secret: "file:api/echo/env-apikey"}}}\n');
  const env = { ApiKey: { secret: 'file:api/echo/env-apikey' }, APIKEY: 'planted' };
  const { secrets } = put({ image: 'x', env }, text);
  expect(secrets).toMatchObject([{ value: 'planted' }]);
  expect(secrets[0]?.reference).not.toBe('file:api/echo/env-apikey');
});

test('a list comes back as it was shown where nothing else of it changes', () => {
  const verify = call({ list: [{ token: 'planted-1' }, { token: 'planted-2' }] });
  const shown = call({ list: [{ token: '[REDACTED]' }, { token: '[REDACTED]' }] });
  const text = fleet(`  echo: ${JSON.stringify({ image: 'x', verify })}\n`);
  expect(put({ image: 'y', verify: shown }, text).fields).toEqual({ image: 'y', verify });
});

test('more values than any service has are refused before each is looked at', () => {
  const env = Object.fromEntries(Array.from({ length: 2_001 }, (_one, at) => [`A_${at}`, 'x']));
  expect(put({ image: 'x', env }).problems).toMatchObject([{ code: 'VALUE_RANGE' }]);
});

test('a number under a name that looks secret is kept apart, as a text is', () => {
  const { secrets, after } = put({ image: 'x', env: { DB_PASSWORD: 471_114 } });
  expect(secrets).toEqual([{ reference: 'file:api/echo/env-db_password', value: '471114' }]);
  expect(after).not.toContain('471114');
});

test("what a template gives comes back as it was shown, and stays the template's", () => {
  const text = fleet('  echo: {template: keyed}\n');
  const { problems, fields, secrets } = put(
    { template: 'keyed', env: { API_KEY: '[REDACTED]' } },
    text,
  );
  expect({ problems, fields, secrets }).toEqual({
    problems: [],
    fields: { template: 'keyed', env: {} },
    secrets: [],
  });
});
