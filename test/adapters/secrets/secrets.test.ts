import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSecrets } from '../../../src/adapters/secrets/secrets.ts';
import type { Secrets } from '../../../src/ports.ts';
import { secretsContract } from '../../contract/secrets.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const soon = () => AbortSignal.timeout(10_000);

describe('Secrets in files', () => {
  secretsContract(async () => {
    const stateFolder = await createTempFolder();
    const fileOf = (path: string, key: string) => join(stateFolder, 'secrets', path, key);
    return {
      open: () =>
        openSecrets({
          stateFolder,
          environment: {},
          environmentPrefixes: [],
          defaultProvider: 'file',
        }),
      async set(path, key, value) {
        await mkdir(join(stateFolder, 'secrets', path), { recursive: true });
        await writeFile(fileOf(path, key), `${value}\n`);
      },
      remove: (path, key) => rm(fileOf(path, key)),
    };
  });
});

describe('Secrets in the environment', () => {
  secretsContract(async () => {
    const stateFolder = await createTempFolder();
    const environment: Record<string, string> = {};
    return {
      open: () =>
        openSecrets({
          stateFolder,
          environment,
          environmentPrefixes: ['MCP_SECRET_'],
          defaultProvider: 'environment',
        }),
      async set(_path, key, value) {
        environment[key] = value;
      },
      async remove(_path, key) {
        delete environment[key];
      },
    };
  });

  it('are only those that start with an allowed prefix, whatever form the reference has', async () => {
    const secrets = openSecrets({
      stateFolder: await createTempFolder(),
      environment: { MCP_SECRET_A: 'a', AWS_SECRET: 'planted-value' },
      environmentPrefixes: ['MCP_SECRET_'],
      defaultProvider: 'environment',
    });
    const refused = ['env:AWS_SECRET', '/x#AWS_SECRET', 'secret_ref:AWS_SECRET', 'env:__proto__'];

    const states = await secrets.versions(['env:MCP_SECRET_A', ...refused], soon());

    expect(states.get('env:MCP_SECRET_A')?.kind).toBe('known');
    for (const reference of refused) {
      expect(states.get(reference)).toEqual({
        kind: 'refused',
        cause: expect.stringContaining('allowed: MCP_SECRET_*'),
      });
    }
  });

  it('are found at the names of the platform when its prefix is allowed', async () => {
    const secrets = openSecrets({
      stateFolder: await createTempFolder(),
      environment: { mcp_instance_instance_123_API_KEY: 'value' },
      environmentPrefixes: ['mcp_instance_'],
      defaultProvider: 'environment',
    });

    const reference = 'secret_ref:instance_123:API_KEY';
    expect(await secrets.resolve([reference], soon())).toEqual(new Map([[reference, 'value']]));
  });
});

describe('The key of secret versions', () => {
  it('is made once for the owner alone, also when two start at the same time', async () => {
    const stateFolder = join(await createTempFolder(), 'state');

    const states = await Promise.all(
      Array.from({ length: 8 }, () => openWithOne(stateFolder).versions(['env:S_A'], soon())),
    );

    expect(new Set(states.map((state) => JSON.stringify(state.get('env:S_A')))).size).toBe(1);
    expect((await stat(join(stateFolder, 'secret-key'))).mode & 0o777).toBe(0o600);
  });

  it('makes versions of its own: another installation has another key id', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const secrets = openWithOne(await createTempFolder());
        const state = (await secrets.versions(['env:S_A'], soon())).get('env:S_A');
        return state?.kind === 'known' ? state.version.slice(0, 8) : undefined;
      }),
    );

    expect(ids[0]).toMatch(/^[0-9a-f]{8}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('makes versions unavailable, with a way out, while it is damaged', async () => {
    const stateFolder = await createTempFolder();
    const keyFile = join(stateFolder, 'secret-key');
    const secrets = openWithOne(stateFolder);
    await writeFile(keyFile, 'short');

    expect((await secrets.versions(['env:S_A'], soon())).get('env:S_A')).toEqual({
      kind: 'unavailable',
      cause: expect.stringContaining('remove the file'),
    });

    await rm(keyFile);
    expect((await secrets.versions(['env:S_A'], soon())).get('env:S_A')?.kind).toBe('known');
    expect(await readFile(keyFile, 'utf8')).toHaveLength(65);
  });
});

function openWithOne(stateFolder: string): Secrets {
  return openSecrets({
    stateFolder,
    environment: { S_A: 'a' },
    environmentPrefixes: ['S_'],
    defaultProvider: 'file',
  });
}

it('gives equal texts the same fingerprint, in one installation only', async () => {
  const [one, two] = await Promise.all([createTempFolder(), createTempFolder()]);
  const first = await openIn(one).fingerprint('planted');
  expect(await openIn(one).fingerprint('planted')).toBe(first);
  expect(await openIn(one).fingerprint('other')).not.toBe(first);
  expect(await openIn(two).fingerprint('planted')).not.toBe(first);
});

function openIn(stateFolder: string): Secrets {
  return openSecrets({
    stateFolder,
    environment: {},
    environmentPrefixes: [],
    defaultProvider: 'environment',
  });
}
