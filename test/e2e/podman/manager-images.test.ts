import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { startEngine } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace, type ManagerProcess } from '../../helpers/manager.ts';
import { LOGIN, startRegistry } from '../../helpers/registry.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const [registry, guarded] = await Promise.all([
  startRegistry({ atEnd: afterAll }),
  startRegistry({ atEnd: afterAll, login: true }),
]);
const engine = await startEngine(afterAll, {
  registries: { 'docker.io': registry.address, [guarded.address]: guarded.address },
});
const TINY = {
  command: ['node', '/programs/tiny.mjs'],
  rollout: { stableFor: '0s', drain: '1s' },
};

test('update follows a tag that moved, and shows from where to where', async () => {
  const place = workplace();
  const image = 'fleet/moving:1';
  const first = await publish(registry.address, image, 'one');
  place.declare('fleet.yaml', { moving: { image, ...TINY } });
  const manager = await place.run();
  await manager.until({ moving: 'Running' });
  const url = await urlOf(manager);
  expect(await askTool(url, 'say')).toBe('one');

  const second = await publish(registry.address, image, 'two');
  expect((await place.cli('plan')).stdout).toContain('No changes');
  expect(await place.cli('update', 'moving')).toMatchObject({ code: 0 });
  await eventually(async () => expect(await askTool(url, 'say')).toBe('two'));
  await eventually(async () => {
    const { stdout } = await place.cli('events', '--service', 'moving');
    expect(stdout).toContain(`image moves from ${first.shortId} to ${second.shortId}`);
  });
  expect((await place.cli('plan')).stdout).toContain('No changes');
});

test('with no manager update does it here and now', async () => {
  const place = workplace();
  const image = 'fleet/alone:1';
  await publish(registry.address, image, 'one');
  place.declare('fleet.yaml', { alone: { image, ...TINY } });
  expect(await place.cli('apply', '--auto-approve')).toMatchObject({ code: 0 });
  const second = await publish(registry.address, image, 'two');
  expect(await place.cli('update', 'alone')).toMatchObject({ code: 0 });
  const ours = ['--filter', 'name=mcp-alone-', '--format', '{{.ImageID}}'];
  expect(`sha256:${await engine.podman('ps', ...ours)}`).toBe(second.shortId);
  expect((await place.cli('plan')).stdout).toContain('No changes');
});

test('a tag that is always followed waits for approval, shown by its old digest and its new one', async () => {
  const place = workplace();
  const image = 'fleet/always:1';
  const first = await publish(registry.address, image, 'one');
  place.declare('fleet.yaml', { always: { image, ...TINY, pull: 'always' } });
  const manager = await place.run('--approve');
  expect(await place.cli('apply', '--auto-approve')).toMatchObject({ code: 0 });
  const url = await urlOf(manager);
  const second = await publish(registry.address, image, 'two');
  // The manager itself looks every ten minutes; it sees as well what somebody else has pulled.
  await engine.podman('pull', '--quiet', `docker.io/${image}`);
  await eventually(async () => {
    const { stdout } = await place.cli('plan');
    expect(stdout).toContain(`imageDigest: "${first.digest}" -> "${second.digest}"`);
  }, 30_000);
  expect(await askTool(url, 'say')).toBe('one');
  expect(await place.cli('apply', '--auto-approve')).toMatchObject({ code: 0 });
  expect(await askTool(url, 'say')).toBe('two');
});

test('services that share an image share its pull', async () => {
  const place = workplace();
  const image = 'fleet/shared:1';
  await publish(registry.address, image, 'one');
  const service = { image, ...TINY };
  const names = ['one', 'two', 'three', 'four'];
  place.declare('fleet.yaml', Object.fromEntries(names.map((name) => [name, service])));
  const manager = await place.run();
  await manager.until(Object.fromEntries(names.map((name) => [name, 'Running'])));
  const asked = registry
    .answers()
    .filter((line) => line.startsWith('GET /v2/fleet/shared/manifests'));
  expect(asked).toHaveLength(1);
});

test('what runs goes on while the registry of its next image is down, and moves when it is back', async () => {
  const place = workplace();
  await publish(registry.address, 'fleet/down:1', 'one');
  await publish(registry.address, 'fleet/down:2', 'two');
  place.declare('fleet.yaml', { down: { image: 'fleet/down:1', ...TINY } });
  const manager = await place.run();
  await manager.until({ down: 'Running' });
  const url = await urlOf(manager);
  await registry.kill();
  place.declare('fleet.yaml', { down: { image: 'fleet/down:2', ...TINY } });
  await eventually(async () => {
    const { stdout } = await place.cli('status', 'down');
    expect(stdout).toContain('does not answer as it should');
  }, 30_000);
  expect(await askTool(url, 'say')).toBe('one');
  await registry.start();
  await eventually(async () => expect(await askTool(url, 'say')).toBe('two'), 60_000);
});

test('an image behind a login runs once somebody has logged in', async () => {
  const place = workplace();
  const image = `${guarded.address}/fleet/guarded:1`;
  await publish(guarded.address, 'fleet/guarded:1', 'one');
  const authFile = join(await createTempFolder(), 'auth.json');
  place.environment['REGISTRY_AUTH_FILE'] = authFile;
  place.declare('fleet.yaml', { guarded: { image, ...TINY } });
  const manager = await place.run();
  await manager.until({ guarded: 'Failed' });
  const told = await place.cli('get', 'guarded');
  expect(told.stdout).toContain(`${guarded.address} wants a login that may read it`);
  expect(told.stdout).toContain(`podman login ${guarded.address}`);

  const auth = btoa(`${LOGIN.username}:${LOGIN.password}`);
  await writeFile(authFile, JSON.stringify({ auths: { [guarded.address]: { auth } } }));
  expect(await place.cli('restart', 'guarded')).toMatchObject({ code: 0 });
  await manager.until({ guarded: 'Running' });
  const events = await place.cli('events', '--json');
  const state = await readFile(join(place.stateFolder, 'state.db'), 'latin1');
  const everywhere = [events.stdout, manager.stdout(), manager.stderr(), state].join('\n');
  for (const secret of [LOGIN.password, auth]) expect(everywhere).not.toContain(secret);
});

function workplace() {
  // Registered first, and so done last: when nobody brings containers back.
  onTestFinished(async () => {
    await engine.podman('rm', '--all', '--force', '--time', '0');
  });
  return createWorkplace(onTestFinished, {
    runtime: 'podman',
    environment: { CONTAINER_HOST: `unix://${engine.socket}` },
  });
}

async function urlOf({ control }: ManagerProcess): Promise<string> {
  return (await control.status()).services[0]?.url ?? '';
}

/** Puts a server into a registry that says this word. */
async function publish(address: string, image: string, word: string) {
  const folder = await createTempFolder();
  const file = `FROM ${PROGRAMS_IMAGE}\nENV GREETING=${word}\nLABEL name=${image}\n`;
  await writeFile(join(folder, 'Dockerfile'), file);
  const id = await engine.podman('build', '--quiet', folder);
  const digestFile = join(folder, 'digest');
  const credentials = ['--creds', `${LOGIN.username}:${LOGIN.password}`];
  const target = `${address}/${image}`;
  await engine.podman('push', '--quiet', ...credentials, '--digestfile', digestFile, id, target);
  await engine.podman('rmi', id);
  return { digest: await readFile(digestFile, 'utf8'), shortId: `sha256:${id.slice(0, 12)}` };
}
