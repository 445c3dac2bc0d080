import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ApiConfig } from '../../src/api-config.ts';
import type { Log } from '../../src/ports.ts';
import { openAccess } from '../../src/wire/open-access.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const API: ApiConfig = {
  host: '127.0.0.1',
  port: 0,
  startupMs: 1_000,
  allowedHosts: [],
  corsOrigins: [],
};

async function open(api: Partial<ApiConfig> = {}, base: Partial<ApiConfig> = { auth: 'on' }) {
  const stateFolder = await createTempFolder();
  const baseUrl = 'http://127.0.0.1:7999';
  const options = { stateFolder, log: quiet, clock: Date.now, baseUrl };
  return {
    stateFolder,
    adminToken: join(stateFolder, 'admin-token'),
    start: () => openAccess({ ...API, ...base, ...api }, options),
  };
}

test('the first start makes a token of role admin for its owner alone, the next one none', async () => {
  const { start, adminToken } = await open();
  const { authenticator, adminTokenFile } = await start();
  expect(adminTokenFile).toBe(adminToken);
  expect((await stat(adminToken)).mode & 0o777).toBe(0o600);
  const token = (await readFile(adminToken, 'utf8')).trim();
  expect(await authenticator?.authenticate(token)).toMatchObject({
    kind: 'known',
    identity: { role: 'admin' },
  });
  await rm(adminToken);
  const second = await start();
  expect(second.adminTokenFile).toBeUndefined();
  expect(await second.authenticator?.authenticate(token)).toMatchObject({ kind: 'known' });
});

test('where tokens or an issuer are set up none is made', async () => {
  const oidc = {
    issuer: 'https://id.example.org',
    audience: 'a',
    keysUrl: 'http://127.0.0.1:9/keys',
    roleClaim: 'roles',
  };
  for (const api of [{ oidc }, { tokensFile: '/nowhere/tokens.json' }]) {
    const { start } = await open(api);
    const { authenticator, adminTokenFile } = await start();
    expect(adminTokenFile).toBeUndefined();
    expect((await authenticator?.authenticate('a.b.c'))?.kind).not.toBe('known');
  }
});

test('without authentication there is nobody to ask, but for services that ask', async () => {
  const { start, adminToken } = await open({ auth: 'off' });
  const { authenticator, routeAuth } = await start();
  expect(authenticator).toBeUndefined();
  expect(await routeAuth?.authenticator.authenticate('x')).toEqual({ kind: 'unknown' });
  await expect(stat(adminToken)).rejects.toThrow('ENOENT');
});

test('where nothing is said tokens are asked for beyond loopback, and where one was made', async () => {
  const near = await open({}, {});
  expect((await near.start()).authenticator).toBeUndefined();
  await expect(stat(near.adminToken)).rejects.toThrow('ENOENT');
  await writeFile(join(near.stateFolder, 'tokens.json'), '{"tokens": []}');
  expect((await near.start()).authenticator).toBeDefined();

  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'mcp.example.org']) {
    const far = await open({ host }, {});
    expect((await far.start()).adminTokenFile, host).toBe(far.adminToken);
  }
});
