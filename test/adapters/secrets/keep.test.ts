import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSecrets } from '../../../src/adapters/secrets/secrets.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

async function open() {
  const stateFolder = await createTempFolder();
  const folder = join(stateFolder, 'secrets');
  const secrets = openSecrets({
    stateFolder,
    environment: {},
    environmentPrefixes: [],
    defaultProvider: 'environment',
  });
  return { secrets, folder };
}

test('Kept values lie where their references lead, and only the user of the manager can read them', async () => {
  const { secrets, folder } = await open();
  const values = new Map([
    ['file:echo/API_KEY', 'planted-1'],
    ['file:echo/ODD', 'a\n'],
    ['file:echo/WINDOWS', 'a\r'],
  ]);
  await secrets.keep(values);
  expect(await secrets.resolve([...values.keys()], AbortSignal.timeout(5_000))).toEqual(values);
  expect((await stat(join(folder, 'echo', 'API_KEY'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'echo'))).mode & 0o777).toBe(0o700);
  await secrets.keep(values);
  expect(await readdir(join(folder, 'echo'))).toEqual(['API_KEY', 'ODD', 'WINDOWS']);
});

test('Nothing is written where another value lies already, and neither is told', async () => {
  const { secrets, folder } = await open();
  await mkdir(join(folder, 'echo'), { recursive: true });
  await writeFile(join(folder, 'echo', 'SECOND'), 'planted-old');
  const values = new Map([
    ['file:echo/FIRST', 'planted-1'],
    ['file:echo/SECOND', 'planted-2'],
  ]);
  const refused = await secrets.keep(values).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'REFUSED' });
  expect(String(refused)).toContain('file:echo/SECOND');
  expect(JSON.stringify(refused) + String(refused)).not.toContain('planted');
  expect(await readdir(join(folder, 'echo'))).toEqual(['SECOND']);
  expect(await readFile(join(folder, 'echo', 'SECOND'), 'utf8')).toBe('planted-old');
});

test.each(['env:NAME', '/echo#KEY', 'file:../outside', 'secret_ref:KEY'])(
  '%s is no place where a value is kept',
  async (reference) => {
    const { secrets } = await open();
    const kept = secrets.keep(new Map([[reference, 'planted-1']]));
    await expect(kept).rejects.toMatchObject({ code: 'REFUSED' });
  },
);

test.each([
  ['a value with a NUL', 'file:echo/KEY', 'planted\0'],
  ['a value that no variable can hold', 'file:echo/KEY', 'p'.repeat(128 * 1024 + 1)],
  ['a name that no file can have', `file:echo/${'x'.repeat(240)}`, 'planted'],
])('%s is refused for good, and leaves nothing', async (_what, reference, value) => {
  const { secrets, folder } = await open();
  const kept = secrets.keep(new Map([[reference, value]]), { replaces: true });
  await expect(kept).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await readdir(join(folder, 'echo')).catch(() => [])).toEqual([]);
});

test('Of values of which one can never be kept none is written', async () => {
  const { secrets, folder } = await open();
  const [short, longest] = ['file:echo/KEY', `file:echo/${'x'.repeat(213)}`];
  await secrets.keep(new Map([[longest, 'planted-1']]));
  const values = new Map([short, `${longest}x`].map((reference) => [reference, 'planted-2']));
  const kept = secrets.keep(values, { replaces: true });
  await expect(kept).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await readdir(join(folder, 'echo'))).toEqual(['x'.repeat(213)]);
});

test('What cannot be read as a secret gives way where values are replaced, but never through a link', async () => {
  const { secrets, folder } = await open();
  const outside = await createTempFolder();
  await mkdir(join(folder, 'echo'), { recursive: true });
  for (const path of [join(folder, 'echo', 'KEY'), join(outside, 'KEY')]) {
    await writeFile(path, 'old\0');
  }
  await symlink(outside, join(folder, 'linked'));
  await secrets.keep(new Map([['file:echo/KEY', 'new']]), { replaces: true });
  expect(await readFile(join(folder, 'echo', 'KEY'), 'utf8')).toBe('new');
  const through = secrets.keep(new Map([['file:linked/KEY', 'new']]), { replaces: true });
  await expect(through).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await readFile(join(outside, 'KEY'), 'utf8')).toBe('old\0');
});

test('What is dropped is gone, all else stays, and it may be dropped again', async () => {
  const { secrets, folder } = await open();
  await secrets.keep(
    new Map([
      ['file:echo/FIRST', 'planted-1'],
      ['file:echo/SECOND', 'planted-2'],
    ]),
  );
  await symlink(join(folder, 'echo', 'SECOND'), join(folder, 'echo', 'LINK'));
  for (const name of ['FIRST', 'LINK', 'FIRST']) {
    await secrets.drop([`file:echo/${name}`]);
    expect(await readdir(join(folder, 'echo'))).toEqual(['LINK', 'SECOND']);
  }
});
