import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../src/adapters/podman/engine.ts';
import { createRegistryQuestion } from '../../../src/adapters/podman/registry-question.ts';
import { startEngine } from '../../helpers/engine.ts';
import { startEngineProxy } from '../../helpers/engine-proxy.ts';
import { openImages } from '../../helpers/open-images.ts';
import { publishImage } from '../../helpers/publish-image.ts';
import { LOGIN, startRegistry } from '../../helpers/registry.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const atEnd = afterAll;
const [registry, guarded] = await Promise.all([
  startRegistry({ atEnd }),
  startRegistry({ atEnd, login: true }),
]);
const engine = await startEngine(atEnd, {
  registries: {
    'docker.io': registry.address,
    // By its own name: engines look for the login of the place that a name leads to.
    [guarded.address]: guarded.address,
  },
});
const PUBLIC = registry.address;
const GUARDED = guarded.address;

async function canPull(image: string, authFile = '/nowhere/auth.json'): Promise<boolean> {
  const opened = openEngine({ socket: engine.socket });
  onTestFinished(() => opened.close());
  const ask = createRegistryQuestion({ engine: opened, logins: { environment: {}, authFile } });
  return ask(image, new AbortController().signal);
}

describe('a registry is asked for an image', () => {
  test('that it has, and nothing of it is pulled', async () => {
    const images = openImages(engine);
    const image = `${PUBLIC}/asked/there:1`;
    await publishImage(engine, image);
    expect(await canPull(image)).toBe(true);
    expect(await images.meaning(image)).toBeUndefined();
    expect(await canPull(`${PUBLIC}/asked/none:1`)).toBe(false);
  });

  test('in vain where it does not answer, and where the reference is none', async () => {
    expect(await canPull('127.0.0.1:1/gone:1')).toBe(false);
    expect(await canPull('localhost/own:1')).toBe(false);
    expect(await canPull('NOT a reference')).toBe(false);
  });

  test('behind a password only when there is one', async () => {
    const image = `${GUARDED}/asked/closed:1`;
    const authFile = join(await createTempFolder(), 'auth.json');
    await writeLogin(authFile, LOGIN.password);
    expect(await canPull(image)).toBe(false);
    expect(await canPull(image, authFile)).toBe(true);
  });
});

describe('a policy', () => {
  test('missing pulls what is not there, and asks no registry for what is', async () => {
    const images = openImages(engine);
    const image = `${PUBLIC}/policy/missing:1`;
    const { id, digest } = await publishImage(engine, image);
    expect(await images.meaning(image)).toBeUndefined();
    await images.pull(image, 'missing');
    expect(await images.meaning(image)).toMatchObject({ id, digest });
    const asked = registry.answers().length;
    await images.pull(image, 'missing');
    expect(registry.answers()).toHaveLength(asked);
  });

  test('always follows a tag that moved, and the image that it left is still there', async () => {
    const images = openImages(engine);
    const image = `${PUBLIC}/policy/always:1`;
    const first = await publishImage(engine, image);
    await images.pull(image, 'always');
    const second = await publishImage(engine, `${PUBLIC}/policy/other:1`);
    await engine.podman('pull', '--quiet', `${PUBLIC}/policy/other:1`);
    await engine.podman('push', '--quiet', `${PUBLIC}/policy/other:1`, image);
    await images.pull(image, 'missing');
    expect(await images.meaning(image)).toMatchObject(first);
    await images.pull(image, 'always');
    expect(await images.meaning(image)).toMatchObject(second);
    expect(await images.meaning(first.id)).toMatchObject(first);
  });

  test('never asks no registry, and says what can be done', async () => {
    const images = openImages(engine);
    const image = `${PUBLIC}/policy/never:1`;
    await publishImage(engine, image);
    const asked = registry.answers().length;
    await expect(images.pull(image, 'never')).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
      message: `${image} is not in the engine's store, and \`pull: never\` forbids to ask a registry.`,
      hint: expect.stringContaining('podman load'),
    });
    expect(registry.answers()).toHaveLength(asked);
    await images.pull(image, 'missing');
    await images.pull(image, 'never');
  });
});

describe('a reference', () => {
  test('without a registry means docker.io, and without a folder what is official there', async () => {
    const images = openImages(engine);
    const { id } = await publishImage(engine, `${PUBLIC}/library/official:latest`);
    const team = await publishImage(engine, `${PUBLIC}/team/app:2`);
    await images.pull('official', 'missing');
    await images.pull('team/app:2', 'missing');
    const found = await images.images.lookUp(
      ['official', 'official:latest', 'team/app:2', 'none'],
      AbortSignal.timeout(10_000),
    );
    expect([...found].map(([name, image]) => [name, image.id])).toEqual([
      ['official', id],
      ['official:latest', id],
      ['team/app:2', team.id],
    ]);
    expect(await engine.podman('images', '--format', '{{.Repository}}')).toContain(
      'docker.io/library/official',
    );
  });

  test('means an image of this machine first, for which no registry is asked', async () => {
    const images = openImages(engine);
    await publishImage(engine, `${PUBLIC}/mine/app:1`);
    const own = await publishImage(engine, `${PUBLIC}/mine/copy:1`);
    await engine.podman('pull', '--quiet', `${PUBLIC}/mine/copy:1`);
    await engine.podman('tag', `${PUBLIC}/mine/copy:1`, 'localhost/mine/app:1');
    const asked = registry.answers().length;
    await images.pull('mine/app:1', 'always');
    const meaning = await images.meaning('mine/app:1');
    expect(meaning).toMatchObject({ id: own.id });
    expect(meaning).not.toHaveProperty('digest');
    expect(registry.answers()).toHaveLength(asked);
  });

  test('to an image of this machine that is not there is told at once', async () => {
    await expect(openImages(engine).pull('localhost/none:1', 'missing')).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
      hint: expect.stringContaining('build-images.sh'),
    });
  });

  test('with a digest stays with it, wherever its tag goes', async () => {
    const images = openImages(engine);
    const first = await publishImage(engine, `${PUBLIC}/pinned/app:1`);
    await publishImage(engine, `${PUBLIC}/pinned/app:1`);
    const pinned = `${PUBLIC}/pinned/app:1@${first.digest}`;
    await images.pull(pinned, 'always');
    expect(await images.meaning(pinned)).toMatchObject(first);
  });

  test('that is none is told', async () => {
    await expect(openImages(engine).pull('Not An/Image', 'missing')).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
      message: 'Not An/Image is no reference of an image.',
    });
  });
});

describe('what a registry does not have', () => {
  test.each(['unknown/app:1', 'policy/missing:2'])('is told: %s', async (name) => {
    await publishImage(engine, `${PUBLIC}/policy/missing:3`);
    await expect(openImages(engine).pull(`${PUBLIC}/${name}`, 'missing')).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
      message: `${PUBLIC}/${name} cannot be pulled: ${PUBLIC} has no such image.`,
    });
  });

  test('for this machine is told with what the machine is', async () => {
    const image = `${PUBLIC}/foreign/app:1`;
    const part = await publishImage(engine, `${PUBLIC}/foreign/part:1`, { architecture: 's390x' });
    await engine.podman('manifest', 'create', image);
    const source = `docker://${PUBLIC}/foreign/part@${part.digest}`;
    await engine.podman('manifest', 'add', '--arch', 's390x', image, source);
    await engine.podman('manifest', 'push', '--all', image, `docker://${image}`);
    await engine.podman('manifest', 'rm', image);
    await expect(openImages(engine).pull(image, 'missing')).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
      message: expect.stringMatching(/for other machines, not for linux\/\w+/),
    });
  });
});

describe('a registry that wants a login', () => {
  test('is told by name where there is none or a wrong one, and gets the right one at once', async () => {
    const image = `${GUARDED}/team/app:1`;
    const { id } = await publishImage(engine, image);
    const authFile = join(await createTempFolder(), 'auth.json');
    const proxy = await startEngineProxy(engine);
    const images = openImages(proxy, { logins: { authFile, environment: {} } });
    const refusal = {
      code: 'IMAGE_UNAUTHORIZED',
      message: `${image} cannot be pulled: ${GUARDED} wants a login that may read it.`,
      hint: expect.stringContaining(`podman login ${GUARDED}`),
    };
    await expect(images.pull(image, 'missing')).rejects.toMatchObject(refusal);
    await writeLogin(authFile, 'wrong');
    await expect(images.pull(image, 'missing')).rejects.toMatchObject(refusal);
    await writeLogin(authFile, LOGIN.password);
    await images.pull(image, 'missing');
    expect(await images.meaning(image)).toMatchObject({ id });
    const told = JSON.stringify([images.logged, proxy.requests]);
    expect(told).toContain('/images/create?fromImage=');
    for (const secret of [LOGIN.password, btoa(`${LOGIN.username}:${LOGIN.password}`)])
      expect(told).not.toContain(secret);
  });

  test('is told with what is wrong with the file of logins', async () => {
    const image = `${GUARDED}/team/other:1`;
    const authFile = join(await createTempFolder(), 'auth.json');
    await writeFile(authFile, '{"auths": planted-value');
    const images = openImages(engine, { logins: { authFile, environment: {} } });
    await expect(images.pull(image, 'missing')).rejects.toMatchObject({
      code: 'IMAGE_UNAUTHORIZED',
      message: expect.stringMatching(new RegExp(`may read it; ${authFile} is not JSON\\.$`)),
    });
  });
});

/** A file of logins as `podman login` writes it. */
async function writeLogin(file: string, password: string): Promise<void> {
  const auth = btoa(`${LOGIN.username}:${password}`);
  await writeFile(file, JSON.stringify({ auths: { [GUARDED]: { auth } } }));
}
