import { describe, expect, test } from 'vitest';
import { createDeclarer, type Declaration } from '../../src/desired/declare.ts';
import type { Change } from '../../src/desired/edit-document.ts';
import { createChecks, createLoader } from '../../src/desired/load.ts';
import { fleet, setOf } from './load-texts.ts';

const POLICY = { allowRoot: false, allowedImages: [], allowedVolumeRoots: [] };
const SETTINGS = { runtime: 'memory', runtimes: ['memory'], policy: POLICY };
const checks = createChecks();

/** The documents as a program would leave them. */
function declare(texts: Readonly<Record<string, string>>, change: Change): Declaration {
  const set = setOf(texts);
  if (!set.ok) throw new Error('no set');
  const declarer = createDeclarer(SETTINGS, checks);
  const desired = createLoader(SETTINGS, checks)(set);
  const written = declarer.find(set, desired, 'echo');
  return declarer.declare({ set, desired }, written, { service: 'echo', origin: 'api', change });
}

const put = (fields: Readonly<Record<string, unknown>>): Change => ({ kind: 'put', fields });
const merge = (fields: Readonly<Record<string, unknown>>): Change => ({ kind: 'merge', fields });
const MINE = fleet('  echo:\n    image: x # mine\n    env: {LEVEL: info}\n');

test('a new service gets a document of its own that says who writes it', () => {
  const { file, before, after, problems } = declare({}, put({ image: 'x' }));
  expect({ file, before, problems }).toEqual({ file: 'api/echo.yaml', problems: [] });
  expect(after).toMatch(
    /^# Written by mcp-manager for the API[^]*services:\n {2}echo:\n {4}image: x\n$/,
  );
});

test('a hand edit stays where what it says was not written again', () => {
  const { after, before } = declare({ 'api/echo.yaml': MINE }, merge({ port: 80 }));
  expect(before).toBe(MINE);
  expect(after).toBe(`${MINE}    port: 80\n`);
});

test.each<[string, Change, object]>([
  ['keeps what is not named', merge({ env: { MORE: 'x' } }), { LEVEL: 'info', MORE: 'x' }],
  ['removes what is null', merge({ env: { LEVEL: null } }), {}],
  ['replaces the rest', put({ image: 'x', env: { MORE: 'x' } }), { MORE: 'x' }],
])('a change %s', (_name, change, env) => {
  const { fields } = declare({ 'api/echo.yaml': MINE }, change);
  expect(fields).toEqual({ image: 'x', env });
});

test('a document goes with its only service, and stays with others', () => {
  const gone = declare({ 'api/echo.yaml': MINE }, { kind: 'delete' });
  expect(gone).toMatchObject({ file: 'api/echo.yaml', before: MINE, problems: [] });
  expect(gone).not.toHaveProperty('after');
  const both = `${MINE}  other: {image: y}\n`;
  const { after } = declare({ 'api/echo.yaml': both }, { kind: 'delete' });
  expect(after).toBe(fleet('  other: {image: y}\n'));
});

test('what would be wrong is told as any problem of a document, with its place', () => {
  const { problems } = declare({}, put({ image: 'x', port: 70_000 }));
  expect(problems).toMatchObject([{ file: 'api/echo.yaml', line: 7, code: 'VALUE_RANGE' }]);
});

test('a file in the way is not written over', () => {
  const { problems } = declare(
    { 'api/echo.yaml': fleet('  other: {image: y}\n') },
    put({ image: 'x' }),
  );
  expect(problems).toMatchObject([{ code: 'EDIT_REFUSED', service: 'echo' }]);
});

describe('a value that looks secret', () => {
  test('is kept apart, and a reference stands for it', () => {
    const env = { API_KEY: 'planted', LEVEL: 'info' };
    const { after, secrets, fields } = declare({}, put({ image: 'x', env }));
    expect(secrets).toEqual([{ reference: 'file:api/echo/env-api_key', value: 'planted' }]);
    expect(fields).toMatchObject({ env: { API_KEY: { secret: 'file:api/echo/env-api_key' } } });
    expect(after).not.toContain('planted');
  });

  test('is not mistaken for another whose name differs in case', () => {
    const { secrets, fields } = declare(
      {},
      put({ image: 'x', env: { API_KEY: 'planted-1', api_key: 'planted-2' } }),
    );
    const [first, second] = secrets.map(({ reference }) => reference);
    expect(first).not.toBe(second);
    const alone = declare({}, put({ image: 'x', env: { api_key: 'planted-2' } }));
    expect(alone.secrets).toMatchObject([{ reference: second }]);
    expect(fields).toMatchObject({
      env: { API_KEY: { secret: first }, api_key: { secret: second } },
    });
  });

  test('of a header leaves its scheme readable', () => {
    const headers = { Authorization: 'Bearer planted', 'X-Team': 'search' };
    const { fields, secrets, problems } = declare(
      {},
      put({ url: 'https://mcp.example.com/mcp', headers }),
    );
    const secret = 'file:api/echo/header-authorization';
    expect(problems).toEqual([]);
    expect(fields).toMatchObject({
      headers: { Authorization: { secret, prefix: 'Bearer ' }, 'X-Team': 'search' },
    });
    expect(secrets).toEqual([{ reference: secret, value: 'planted' }]);
  });

  test('that is sent back as it was shown stays what it is', () => {
    const text = fleet('  echo: {image: x, env: {API_KEY: {secret: "file:a"}}}\n');
    const back = put({ image: 'x', env: { API_KEY: '[REDACTED]' } });
    expect(declare({ 'api/echo.yaml': text }, back)).toMatchObject({ after: text, secrets: [] });
    expect(declare({}, back).problems).toMatchObject([{ code: 'VALUE_FORMAT' }]);
  });
});
