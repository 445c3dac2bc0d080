import { readFile, rm, stat } from 'node:fs/promises';
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
  auth: 'on',
  allowedHosts: [],
  corsOrigins: [],
};

async function open(api: Partial<ApiConfig> = {}) {
  const stateFolder = await createTempFolder();
  const options = { stateFolder, log: quiet, clock: Date.now };
  return {
    stateFolder,
    adminToken: join(stateFolder, 'admin-token'),
    start: () => openAccess({ ...API, ...api }, options),
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

test('without authentication there is nobody to ask', async () => {
  const { start, adminToken } = await open({ auth: 'off' });
  expect(await start()).toEqual({});
  await expect(stat(adminToken)).rejects.toThrow('ENOENT');
});
