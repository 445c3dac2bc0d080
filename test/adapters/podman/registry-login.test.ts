import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readReference } from '../../../src/adapters/podman/image-reference.ts';
import { findLogin } from '../../../src/adapters/podman/registry-login.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const NOWHERE = '/nowhere';

test.each([
  ['XDG_RUNTIME_DIR', 'containers/auth.json'],
  ['XDG_CONFIG_HOME', 'containers/auth.json'],
  ['HOME', '.config/containers/auth.json'],
  ['DOCKER_CONFIG', 'config.json'],
  ['HOME', '.docker/config.json'],
])('the login below %s in %s is found', async (variable, file) => {
  const folder = await createTempFolder();
  await writeLogins(join(folder, file), { auths: { 'quay.io': { auth: btoa('ann:one') } } });
  const environment = { XDG_RUNTIME_DIR: NOWHERE, [variable]: folder };
  expect(await find({ environment }, 'quay.io/team/app')).toEqual({
    login: { username: 'ann', password: 'one' },
    troubles: [],
  });
});

test('a file that is named is the only one that is read', async () => {
  const folder = await createTempFolder();
  await writeLogins(join(folder, 'containers', 'auth.json'), {
    auths: { 'quay.io': { auth: btoa('ann:one') } },
  });
  const authFile = join(folder, 'other.json');
  const places = { authFile, environment: { XDG_RUNTIME_DIR: folder } };
  expect(await find(places, 'quay.io/app')).toEqual({ troubles: [] });
});

test.each([
  ['quay.io/team/app', 'app'],
  ['quay.io/team/other', 'team'],
  ['quay.io/open', 'host'],
  ['nginx', 'hub'],
  ['elsewhere.org/app', undefined],
])('for %s the nearest login holds: %s', async (image, password) => {
  const authFile = join(await createTempFolder(), 'auth.json');
  const auths = {
    'quay.io/team/app': { auth: btoa('ann:app') },
    'quay.io': { auth: btoa('ann:host') },
    'quay.io/team': { auth: btoa('ann:team') },
    'https://index.docker.io/v1/': { auth: btoa('ann:hub') },
  };
  await writeLogins(authFile, { auths });
  expect((await find({ authFile, environment: {} }, image)).login).toEqual(
    password && { username: 'ann', password },
  );
});

test('a token is a login, and a password may have colons and letters of any script', async () => {
  const authFile = join(await createTempFolder(), 'auth.json');
  const auth = Buffer.from('ann:pä:ss').toString('base64');
  await writeLogins(authFile, { auths: { a: { identitytoken: 'xyz' }, 'b.org': { auth } } });
  const places = { authFile, environment: {} };
  expect((await find(places, 'b.org/app')).login).toEqual({ username: 'ann', password: 'pä:ss' });
  await writeLogins(authFile, { auths: { 'b.org': { auth, identitytoken: 'xyz' } } });
  expect((await find(places, 'b.org/app')).login).toEqual({ identitytoken: 'xyz' });
});

test.each([
  ['{"auths": planted', 'is not JSON'],
  ['[]', 'is no file of logins'],
  ['{"credsStore": "desktop"}', 'leaves the login to a helper program, which is not asked'],
  ['{"credHelpers": {"quay.io": "x"}}', 'leaves the login to a helper program, which is not asked'],
])('what is in the way is told: %s', async (text, trouble) => {
  const authFile = join(await createTempFolder(), 'auth.json');
  await writeFile(authFile, text);
  expect(await find({ authFile, environment: {} }, 'quay.io/app')).toEqual({
    troubles: [`${authFile} ${trouble}`],
  });
});

test.each([
  '{}',
  '{"auths": null}',
  '{"auths": {"quay.io": null}}',
  '{"auths": {"quay.io": {"auth": 1}}}',
  '{"auths": {"quay.io": {"auth": "bm9jb2xvbg=="}}}',
])('nothing of use is no login: %s', async (text) => {
  const authFile = join(await createTempFolder(), 'auth.json');
  await writeFile(authFile, text);
  expect(await find({ authFile, environment: {} }, 'quay.io/app')).toEqual({ troubles: [] });
});

async function find(places: Parameters<typeof findLogin>[0], image: string) {
  const reference = readReference(image).at(-1);
  if (reference === undefined) throw new Error(`${image} is no reference`);
  return findLogin(places, reference);
}

async function writeLogins(file: string, logins: object): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(logins));
}
