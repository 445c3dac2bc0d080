import { expect, test } from 'vitest';
import { readConfig, type Environment } from '../../src/config.ts';
import { chooseRuntime } from '../../src/cli/detect-runtime.ts';
import type { EngineAnswer } from '../../src/model/engine.ts';

const USER_SOCKET = '/run/user/1000/podman/podman.sock';
const SYSTEM_SOCKET = '/run/podman/podman.sock';
const DOCKER_SOCKET = '/var/run/docker.sock';
const PODMAN: EngineAnswer = { kind: 'answers', engine: 'podman' };
const DOCKER: EngineAnswer = { kind: 'answers', engine: 'docker' };

interface Machine {
  readonly environment?: Environment;
  readonly userId?: number;
  readonly files?: readonly string[];
  readonly sockets?: Readonly<Record<string, EngineAnswer>>;
}

function choose({ environment = {}, userId = 1000, files = [], sockets = {} }: Machine) {
  const config = readConfig({
    environment,
    flags: {},
    workingFolder: '/',
    packageTemplatesFolder: '/t',
    packageTraefikFolder: '/package/traefik/dynamic',
  });
  return chooseRuntime(config, {
    environment,
    userId,
    exists: async (path) => files.includes(path),
    askSocket: async (socket) => sockets[socket] ?? { kind: 'absent' },
  });
}

test("the user's own Podman is chosen before the system's", async () => {
  const sockets = { [USER_SOCKET]: PODMAN, [SYSTEM_SOCKET]: PODMAN, [DOCKER_SOCKET]: DOCKER };
  expect(await choose({ sockets })).toMatchObject({ runtime: 'podman', engineSocket: USER_SOCKET });
  const environment = { XDG_RUNTIME_DIR: '/x' };
  const elsewhere = { '/x/podman/podman.sock': PODMAN };
  expect(await choose({ sockets: elsewhere, environment })).toMatchObject({
    engineSocket: '/x/podman/podman.sock',
  });
});

test('a user who did not log in has Podman in the temporary folder', async () => {
  const sockets = { '/tmp/podman-run-1000/podman/podman.sock': PODMAN };
  expect(await choose({ sockets })).toMatchObject({
    engineSocket: '/tmp/podman-run-1000/podman/podman.sock',
  });
});

test("another user's socket is not taken, also where Podman was asked for", async () => {
  const environment = { BACKEND_ENVIRONMENT: 'podman', CONTAINER_HOST: 'unix:///tmp/theirs.sock' };
  const sockets = { '/tmp/theirs.sock': { kind: 'denied' } } as const;
  await expect(choose({ environment, sockets })).rejects.toMatchObject({
    code: 'RUNTIME_UNSUPPORTED',
    message: expect.stringContaining('/tmp/theirs.sock belongs to another user'),
  });
});

test('root has one socket', async () => {
  const sockets = { [SYSTEM_SOCKET]: PODMAN, [USER_SOCKET]: PODMAN };
  expect(await choose({ userId: 0, sockets })).toMatchObject({ engineSocket: SYSTEM_SOCKET });
});

test('a socket that is there but does not answer is passed by', async () => {
  const sockets: Record<string, EngineAnswer> = {
    [USER_SOCKET]: { kind: 'silent', cause: 'nobody serves it' },
    [SYSTEM_SOCKET]: PODMAN,
  };
  expect(await choose({ sockets })).toMatchObject({ engineSocket: SYSTEM_SOCKET });
});

test('CONTAINER_HOST is the only socket then', async () => {
  const environment = { CONTAINER_HOST: 'unix:///own.sock' };
  const sockets = { [USER_SOCKET]: PODMAN, '/own.sock': PODMAN };
  expect(await choose({ environment, sockets })).toMatchObject({ engineSocket: '/own.sock' });
  await expect(choose({ environment, sockets: { [USER_SOCKET]: PODMAN } })).rejects.toThrow(
    'none was found',
  );
});

test('CONTAINER_HOST on another machine is refused, and not shown', async () => {
  const environment = { CONTAINER_HOST: 'ssh://ada:planted@host/run/podman.sock' };
  const refused = choose({ environment, sockets: { [USER_SOCKET]: PODMAN } });
  await expect(refused).rejects.toThrow('CONTAINER_HOST names no socket of this machine');
  await expect(refused).rejects.not.toThrow('planted');
});

test('Podman is known also behind the address of Docker', async () => {
  const environment = { DOCKER_HOST: 'unix:///mine.sock' };
  expect(await choose({ environment, sockets: { '/mine.sock': PODMAN } })).toMatchObject({
    runtime: 'podman',
    engineSocket: '/mine.sock',
  });
});

test('asked for, Podman is chosen while its socket is away', async () => {
  const environment = { BACKEND_ENVIRONMENT: 'podman' };
  expect(await choose({ environment })).toMatchObject({ engineSocket: USER_SOCKET });
  const inCluster = { ...environment, KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  expect(await choose({ environment: inCluster, files: [ACCOUNT] })).toMatchObject({
    runtime: 'podman',
  });
});

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

test('in a cluster Kubernetes comes before every socket, and is said to come later', async () => {
  const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  const sockets = { [USER_SOCKET]: PODMAN };
  await expect(choose({ environment, files: [ACCOUNT], sockets })).rejects.toThrow(
    `kubernetes was found (${ACCOUNT}), but it comes with a later version`,
  );
  expect(await choose({ files: [ACCOUNT], sockets })).toMatchObject({ runtime: 'podman' });
});

test('Docker alone is named, and said to come later', async () => {
  await expect(choose({ sockets: { [DOCKER_SOCKET]: DOCKER } })).rejects.toThrow(
    `docker was found (${DOCKER_SOCKET}), but it comes with a later version`,
  );
});

test('processes are never chosen unasked; what was found instead is said', async () => {
  await expect(choose({})).rejects.toThrow('no runtime was chosen, and none was found');
  const sockets: Record<string, EngineAnswer> = { [SYSTEM_SOCKET]: { kind: 'denied' } };
  await expect(choose({ sockets })).rejects.toThrow(`${SYSTEM_SOCKET} belongs to another user`);
});

test('what is asked for is taken without asking any socket', async () => {
  const environment = { BACKEND_ENVIRONMENT: 'process' };
  const config = await choose({ environment, sockets: { [USER_SOCKET]: PODMAN } });
  expect(config).toMatchObject({ runtime: 'process' });
  expect(config.engineSocket).toBeUndefined();
});
