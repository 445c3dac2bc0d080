import { expect, test } from 'vitest';
import type { DeclareRequest } from '../../src/model/declaration.ts';
import { fleet } from '../desired/load-texts.ts';
import { codeOf, open } from './declared-texts.ts';

const OURS = { image: 'x', platform: { workspaceId: 'w1' } };

test.each<[string, Partial<DeclareRequest>, string]>([
  ['put into it by name', { change: { kind: 'put', fields: OURS } }, 'done'],
  ['put, of no workspace', { change: { kind: 'put', fields: { image: 'x' } } }, 'done'],
  [
    'put into another one',
    { change: { kind: 'put', fields: { image: 'x', platform: { workspaceId: 'w2' } } } },
    'FORBIDDEN',
  ],
  [
    'moved out of it',
    { change: { kind: 'merge', fields: { platform: { workspaceId: 'w2' } } } },
    'FORBIDDEN',
  ],
  [
    'taken out of every one',
    { change: { kind: 'merge', fields: { platform: null } } },
    'FORBIDDEN',
  ],
  ['changed within it', { change: { kind: 'merge', fields: { port: 1 } } }, 'done'],
  ['let go', { change: { kind: 'delete' } }, 'done'],
])('who is for one workspace meets a service of it that is %s', async (_how, wish, code) => {
  const { control, declare } = open();
  await declare({ workspace: 'w1' });
  expect(await control.declared('echo')).toMatchObject({ fields: OURS });
  expect(await codeOf(declare({ workspace: 'w1', ...wish }))).toBe(code);
});

test('a write answers of which workspace the service is since, or was, and a dry run of none', async () => {
  const { declare } = open();
  const put = { kind: 'put', fields: OURS } as const;
  expect(await declare({ change: put, dryRun: true })).not.toHaveProperty('workspace');
  expect(await declare({ change: put })).toMatchObject({ kind: 'created', workspace: 'w1' });
  const move = { kind: 'merge', fields: { platform: { workspaceId: 'w2' } } } as const;
  expect(await declare({ change: move })).toMatchObject({ kind: 'changed', workspace: 'w2' });
  const deleted = { kind: 'deleted', workspace: 'w2' };
  expect(await declare({ change: { kind: 'delete' } })).toEqual(deleted);
});

test.each(['api/echo.yaml', 'echo.yaml', 'core/echo.yaml'])(
  'a service of another workspace in %s does not exist for who is for one',
  async (file) => {
    const text = fleet('  echo: {image: x, platform: {workspaceId: w2}}\n');
    for (const change of [
      { kind: 'put', fields: OURS },
      { kind: 'delete' },
      { kind: 'merge', fields: {} },
    ] as const) {
      const { declare, files } = open({ [file]: text });
      const wish = { workspace: 'w1', change, dryRun: true };
      expect(await codeOf(declare(wish))).toBe('SERVICE_UNKNOWN');
      expect(files.get(file)).toBe(text);
    }
  },
);

test.each([
  { env: { A: { secret: 'file:core/other/env-api_key' } } },
  { env: { A: { secret: 'file:api/echo/env-of-one-that-is-gone' } } },
  { env: { A: { secret: 'env:MCP_SECRET_A' } } },
  { env: { A: { secret: '/path#KEY' } } },
  { env: { A: 'secret_ref:a' } },
  { url: 'https://a.example/mcp', headers: { A: { secret: 'file:a/b' } } },
])('who is for one workspace names no secret that the service did not have: %j', async (fields) => {
  for (const dryRun of [true, false]) {
    const { declare, files } = open();
    const source = 'url' in fields ? {} : { image: 'x' };
    const change = { kind: 'put', fields: { ...source, ...fields } } as const;
    expect(await codeOf(declare({ workspace: 'w1', change, dryRun }))).toBe('FORBIDDEN');
    expect(files.size).toBe(0);
    expect(await codeOf(declare({ change, dryRun }))).toBe('done');
  }
});

test('who is for one workspace sends values of secrets, and keeps those that are there', async () => {
  const secret = { secret: 'env:MCP_SECRET_A' };
  const { declare } = open({
    'api/echo.yaml': fleet(
      '  echo: {image: x, platform: {workspaceId: w1}, env: {A: {secret: env:MCP_SECRET_A}}}\n',
    ),
  });
  const put = { kind: 'put', fields: { image: 'y', env: { A: secret, API_KEY: 'sk-1' } } } as const;
  expect(await codeOf(declare({ workspace: 'w1', change: put }))).toBe('done');
  const merge = { kind: 'merge', fields: { env: { API_KEY: 'sk-2' } } } as const;
  expect(await codeOf(declare({ workspace: 'w1', change: merge }))).toBe('done');
});

test('who is for one workspace is told that something is taken, and not by whom', async () => {
  const theirs =
    '  theirs: {image: x, slug: taken, platform: {workspaceId: w2, instanceId: i-2}}\n';
  for (const fields of [
    { slug: 'taken' },
    { platform: { workspaceId: 'w1', instanceId: 'i-2' } },
  ]) {
    const { declare } = open({ 'api/secret-name.yaml': fleet(theirs) });
    const change = { kind: 'put', fields: { ...OURS, ...fields } } as const;
    const failure = await declare({ workspace: 'w1', change }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'DOCUMENT_INVALID' });
    expect(String(failure)).toContain('another service');
    expect(JSON.stringify(failure) + String(failure)).not.toMatch(/theirs|secret-name/);
  }
});

test.each<[string, object, string]>([
  [
    'a volume of another workspace',
    { volumes: [{ name: 'data', destination: '/d' }] },
    'FORBIDDEN',
  ],
  ['a volume that nobody has', { volumes: [{ name: 'own', destination: '/d' }] }, 'done'],
  ['a folder of the machine', { volumes: [{ source: '/srv/a', destination: '/d' }] }, 'FORBIDDEN'],
  ['the plain name of another one', { slug: 'theirs' }, 'FORBIDDEN'],
  ['a slug of its own', { slug: 'mine' }, 'done'],
])('who is for one workspace does not get %s', async (_what, fields, code) => {
  const theirs = {
    image: 'x',
    volumes: [{ name: 'data', destination: '/d' }],
    platform: { workspaceId: 'w2', serviceName: 'theirs', instanceId: 'i-2' },
  };
  const { control, declare } = open({
    'api/theirs.yaml': fleet(`  theirs: ${JSON.stringify(theirs)}\n`),
  });
  await control.declared('theirs');
  const change = { kind: 'put', fields: { ...OURS, ...fields } } as const;
  expect(await codeOf(declare({ workspace: 'w1', change }))).toBe(code);
});

const OF_INSTANCE = { workspaceId: 'w1', instanceId: 'i-1' };

test.each<[string, Partial<DeclareRequest>, string]>([
  ['made', { service: 'new', change: toPut({ image: 'x', platform: OF_INSTANCE }) }, 'FORBIDDEN'],
  [
    'named later',
    { change: { kind: 'merge', fields: { platform: { instanceId: 'i-2' } } } },
    'FORBIDDEN',
  ],
  ['named for another one', { change: toPut(withInstance('i-2')) }, 'FORBIDDEN'],
  ['sent back as it was', { change: toPut(withInstance('i-9')) }, 'done'],
  ['left', { change: { kind: 'merge', fields: { port: 1 } } }, 'done'],
  ['given up', { change: { kind: 'merge', fields: { platform: { instanceId: null } } } }, 'done'],
])(
  'who is for one workspace has an instance of the platform %s by nothing but its own way',
  async (_how, wish, code) => {
    const text = fleet(`  echo: ${JSON.stringify(withInstance('i-9'))}\n`);
    for (const more of [{ dryRun: true }, {}]) {
      const { declare } = open({ 'api/echo.yaml': text });
      expect(await codeOf(declare({ workspace: 'w1', ...wish, ...more }))).toBe(code);
    }
    const { declare } = open({ 'api/echo.yaml': text });
    expect(await codeOf(declare({ workspace: 'w1', ...wish, forInstance: true }))).toBe('done');
    expect(await codeOf(declare(wish))).toBe('done');
  },
);

function withInstance(instanceId: string) {
  return { image: 'x', platform: { ...OF_INSTANCE, instanceId } };
}

function toPut(fields: Readonly<Record<string, unknown>>) {
  return { kind: 'put', fields } as const;
}
