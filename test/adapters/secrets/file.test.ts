import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSecrets } from '../../../src/adapters/secrets/secrets.ts';
import type { Secrets, SecretState } from '../../../src/ports.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const soon = () => AbortSignal.timeout(10_000);

describe('A secret file', () => {
  it('loses one trailing newline and nothing else', async () => {
    const { folder, secrets } = await createFolder();
    const texts = { unix: 'a\n', windows: 'a\r\n', two: 'a\n\n', space: ' a ', bom: '\u{feff}a' };
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);

    const values = await secrets.resolve(
      Object.keys(texts).map((name) => `file:${name}`),
      soon(),
    );

    expect([...values.values()]).toEqual(['a', 'a', 'a\n', ' a ', '\u{feff}a']);
  });

  it('is missing, named as it was looked for, also where the folder itself is missing', async () => {
    const { folder, secrets } = await createFolder();
    await rm(folder, { recursive: true });

    expect(await stateOf(secrets, '/mcp/echo#API_KEY')).toEqual({
      kind: 'missing',
      cause: 'secret /mcp/echo#API_KEY: there is no file mcp/echo/API_KEY in the secrets folder',
    });
  });

  it('lies where the platform keeps it: by instance and variable', async () => {
    const { folder, secrets } = await createFolder();
    await writeFile(join(folder, 'mcp_instance_42_API_KEY'), 'one');
    await writeFile(join(folder, 'API_KEY'), 'two');

    const values = await secrets.resolve(['secret_ref:42:API_KEY', 'secret_ref:API_KEY'], soon());

    expect([...values.values()]).toEqual(['one', 'two']);
  });
});

describe('What is no secret file', () => {
  it('is refused outside the folder, by path or by link', async () => {
    const { folder, secrets } = await createFolder();
    await writeFile(join(folder, '..', 'outside'), 'planted-value');
    await symlink('../outside', join(folder, 'link'));
    await symlink('..', join(folder, 'up'));

    for (const key of ['../outside', '/etc/passwd', 'a/../../outside', '', 'a//b', 'a/./b']) {
      expect(await stateOf(secrets, `file:${key}`)).toMatchObject({ kind: 'refused' });
    }
    for (const key of ['link', 'up/outside']) {
      expect(await stateOf(secrets, `file:${key}`)).toEqual({
        kind: 'refused',
        cause: `secret file:${key}: the file ${key} in the secrets folder leaves the secrets folder by a link`,
      });
    }
    expect(await stateOf(secrets, '/../#outside')).toMatchObject({ kind: 'refused' });
  });

  it('is refused when it is a folder, a pipe, too large or no text', async () => {
    const { folder, secrets } = await createFolder();
    await mkdir(join(folder, 'folder'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await writeFile(join(folder, 'large'), 'x'.repeat(200_000));
    await writeFile(join(folder, 'binary'), Buffer.from([0xff, 0xfe, 0x41]));
    await writeFile(join(folder, 'nul'), 'a\0b');

    for (const name of ['folder', 'pipe', 'large', 'binary', 'nul']) {
      expect(await stateOf(secrets, `file:${name}`)).toMatchObject({ kind: 'refused' });
    }
  });
});

describe('A secret file that changes', () => {
  it('is followed through the links of a Kubernetes mount, to its next version too', async () => {
    const { folder, secrets } = await createFolder();
    await mountVersion(folder, '..2026_1', 'old');
    await symlink('..data/API_KEY', join(folder, 'API_KEY'));
    await untilSettled(join(folder, 'API_KEY'));
    const before = await stateOf(secrets, 'file:API_KEY');

    await mountVersion(folder, '..2026_2', 'new');

    expect(await secrets.resolve(['file:API_KEY'], soon())).toEqual(
      new Map([['file:API_KEY', 'new']]),
    );
    expect(before.kind).toBe('known');
    expect(await stateOf(secrets, 'file:API_KEY')).not.toEqual(before);
  });

  it('gets a new version also when size and time of the file stay the same', async () => {
    const { folder, secrets } = await createFolder();
    const file = join(folder, 'token');
    const past = new Date(Date.now() - 60_000);
    await writeFile(file, 'one');
    await utimes(file, past, past);
    await untilSettled(file);
    const before = await stateOf(secrets, 'file:token');

    await writeFile(file, 'two');
    await utimes(file, past, past);

    expect(await stateOf(secrets, 'file:token')).not.toEqual(before);
  });
});

async function createFolder(): Promise<{ readonly folder: string; readonly secrets: Secrets }> {
  const stateFolder = await createTempFolder();
  const folder = join(stateFolder, 'secrets');
  await mkdir(folder);
  const secrets = openSecrets({
    stateFolder,
    environment: {},
    environmentPrefixes: [],
    defaultProvider: 'file',
  });
  return { folder, secrets };
}

async function stateOf(secrets: Secrets, reference: string): Promise<SecretState> {
  const state = (await secrets.versions([reference], soon())).get(reference);
  if (state === undefined) throw new Error('every reference has a state');
  return state;
}

/** Until the file is old enough for its version to be cached. */
async function untilSettled(file: string): Promise<void> {
  await eventually(async () => {
    expect(Date.now() - (await stat(file)).ctimeMs).toBeGreaterThan(150);
  });
}

/** As the kubelet does: a new folder, then one rename of the link `..data`. */
async function mountVersion(folder: string, name: string, value: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'API_KEY'), value);
  await symlink(name, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
}
