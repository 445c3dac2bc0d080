import { appendFile, cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createSocketClient } from '../../../src/cli/socket-client.ts';
import { buildImage } from '../../helpers/build-image.ts';
import { startEngine } from '../../helpers/engine.ts';
import { startEngineProxy, type ProxiedRequest } from '../../helpers/engine-proxy.ts';
import { eventually } from '../../helpers/eventually.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace, type ManagerProcess, type Workplace } from '../../helpers/manager.ts';
import { callTool, connectClient, type Era } from '../../helpers/sdk-client.ts';
import { startProgramIn } from '../../helpers/started-program.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

// Servers of standard input and output in containers, whatever their images have.
const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../fixtures/mcp/stdio', import.meta.url));
const GLIBC = 'localhost/mcp-test/stdio-node:1';
const STATIC = 'localhost/mcp-test/stdio-static:1';

/** For the shell of STATIC. */
const LOUD = 'echo first words >&2; echo $NODE_OPTIONS >&2; echo $TOKEN >&2; . /tiny.sh';
const MANAGER = 'mcp-manager.io/manager';

const engine = await startEngine(afterAll);
const place = createWorkplace(afterAll, {
  runtime: 'podman',
  environment: { CONTAINER_HOST: `unix://${engine.socket}` },
});
let manager: ManagerProcess;

beforeAll(async () => {
  await buildImage(engine, GLIBC, {
    dockerfile: [
      `FROM ${PROGRAMS_IMAGE}`,
      'COPY stdio /stdio',
      'ENTRYPOINT ["node"]',
      'CMD ["/stdio/server.ts", "both"]',
    ],
    files: { stdio: FIXTURES },
  });
  // No libc, no loader, no user, no folder but these; and what would keep any Node from running.
  await buildImage(engine, STATIC, {
    dockerfile: [
      'FROM scratch',
      'COPY sh tiny.sh /',
      'ENV NODE_OPTIONS="--require /nowhere.js"',
      'ENTRYPOINT ["/sh"]',
      'CMD ["/tiny.sh"]',
    ],
    files: { sh: '/bin/busybox', 'tiny.sh': `${FIXTURES}/tiny.sh` },
  });
  place.writeSecret('token', 'planted "value"');
  place.declare('fleet.yaml', {
    glibc: { image: GLIBC, transport: 'stdio', env: { NODE_OPTIONS: '--no-deprecation' } },
    loud: {
      image: STATIC,
      transport: 'stdio',
      command: ['-c', LOUD],
      env: { TOKEN: { secret: 'file:token' } },
    },
    static: { image: STATIC, transport: 'stdio', user: '65534:4711', network: { egress: 'none' } },
  });
  manager = await place.run();
  await manager.until({ glibc: 'Running', loud: 'Running', static: 'Running' }, 60_000);
});

test.each<readonly [string, Era, string, RegExp]>([
  ['glibc', 'modern', 'test_simple_text', /simple text/],
  ['glibc', 'legacy', 'test_simple_text', /simple text/],
  ['static', 'modern', 'pid', /^\d+$/],
  ['static', 'legacy', 'pid', /^\d+$/],
])('%s is served to a client of the %s era through the router', async (...row) => {
  const [service, era, tool, answer] = row;
  const client = await connectClient(await urlOf(service), era);
  expect(await callTool(client, tool)).toMatch(answer);
});

test('what a server writes to its standard error is in the log, line by line and without secrets', async () => {
  const client = await connectClient(await urlOf('loud'), 'legacy');
  await client.listTools();
  const { stdout } = await place.cli('logs', 'loud');
  expect(stdout).toMatch(/"the server says".*"stderr":"first words"/);
  expect(stdout).toMatch(/"the server says".*"stderr":"--require \/nowhere.js"/);
  expect(stdout).toMatch(/"the server says".*"stderr":"\(secret\)"/);
  expect(stdout).not.toContain('planted');
});

test.each([
  ['its content', 1],
  ['its mark', 2],
])('a manager that is killed while the volume gets %s begins anew', async (_what, nth) => {
  const proxy = await startEngineProxy(engine);
  const own = createWorkplace(onTestFinished, {
    runtime: 'podman',
    environment: { CONTAINER_HOST: `unix://${proxy.socket}` },
  });
  let seen = 0;
  const mend = proxy.inject((request) => isFilling(request) && (seen += 1) >= nth, {
    kind: 'hang',
  });
  own.declare('fleet.yaml', { static: { image: STATIC, transport: 'stdio' } });
  const killed = own.start('run', '--runtime', 'podman');
  await eventually(() => expect(proxy.requests.filter(isFilling)).toHaveLength(nth), 30_000);
  killed.kill('SIGKILL');
  await killed.exited;
  expect(await instancesOf(own)).toBe('');
  mend();
  const next = await own.run();
  await next.until({ static: 'Running' }, 60_000);
  expect(await engine.podman('ps', '--all', '--format', '{{.Names}}')).not.toContain('filling');
  await next.end();
  expect(await own.cli('destroy', '--yes')).toMatchObject({ code: 0 });
  expect(await volumesOf(own)).toBe('');
});

function isFilling({ method, path }: ProxiedRequest): boolean {
  return method === 'PUT' && path.includes('/archive');
}

test('what a killed manager has left of the volume goes with the fleet', async () => {
  const proxy = await startEngineProxy(engine);
  const own = createWorkplace(onTestFinished, {
    runtime: 'podman',
    environment: { CONTAINER_HOST: `unix://${proxy.socket}` },
  });
  const mend = proxy.inject(isFilling, { kind: 'hang' });
  own.declare('fleet.yaml', { static: { image: STATIC, transport: 'stdio' } });
  const killed = own.start('run', '--runtime', 'podman');
  await eventually(() => expect(proxy.requests.some(isFilling)).toBe(true), 30_000);
  killed.kill('SIGKILL');
  await killed.exited;
  mend();
  expect(await engine.podman('ps', '--all', '--format', '{{.Names}}')).toContain('filling');
  expect(await own.cli('destroy', '--yes')).toMatchObject({ code: 0 });
  expect(await engine.podman('ps', '--all', '--format', '{{.Names}}')).not.toContain('filling');
  expect(await volumesOf(own)).toBe('');
});

test('a newer bridge rolls nothing by itself; `update --bridge` does, and the old volume goes', async () => {
  const own = createWorkplace(onTestFinished, {
    runtime: 'podman',
    environment: { CONTAINER_HOST: `unix://${engine.socket}` },
  });
  const rollout = { stableFor: '0s', drain: '1s' };
  own.declare('fleet.yaml', { static: { image: STATIC, transport: 'stdio', rollout } });
  const older = startProgramIn(own.folder, {
    command: [process.execPath, await copyWithOtherBridge(), 'run', '--runtime', 'podman'],
    environment: own.environment,
  });
  onTestFinished(async () => void (await older.end()));
  const control = createSocketClient(join(own.stateFolder, 'api.sock'));
  await eventually(async () => {
    expect((await control.status()).services).toMatchObject([{ state: 'Running' }]);
  }, 60_000);
  await older.end();
  const [instance, volume] = [await instancesOf(own), await volumesOf(own)];

  const newer = await own.run();
  await newer.until({ static: 'Running' });
  expect((await own.cli('plan')).stdout).toContain('No changes');
  expect(await instancesOf(own)).toBe(instance);
  expect(await own.cli('update', 'static', '--bridge')).toMatchObject({ code: 0 });
  await eventually(async () => {
    expect(await instancesOf(own)).not.toContain(instance);
    expect(await volumesOf(own)).not.toContain(volume);
  }, 60_000);
  await newer.until({ static: 'Running' });
  expect(await volumesOf(own)).toMatch(/^mcp-bridge-\S+$/);
  const { stdout } = await own.cli('history', 'static');
  expect(stdout).toContain('bridge moves from');
});

/** A manager with the sources of this one, but for its bridge; answers what to run. */
async function copyWithOtherBridge(): Promise<string> {
  const folder = await createTempFolder();
  for (const name of ['package.json', 'schemas', 'src'])
    await cp(join(REPOSITORY, name), join(folder, name), { recursive: true });
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  await appendFile(join(folder, 'src/programs/bridge/bundle.gen.mjs'), '// of another version\n');
  return join(folder, 'src/main.ts');
}

function volumesOf({ managerId }: Workplace): Promise<string> {
  const ours = `label=${MANAGER}=${managerId}`;
  return engine.podman('volume', 'ls', '--quiet', '--filter', ours);
}

function instancesOf({ managerId }: Workplace): Promise<string> {
  return engine.podman('ps', '--all', '--quiet', '--filter', `label=${MANAGER}=${managerId}`);
}

async function urlOf(name: string): Promise<string> {
  const { services } = await manager.control.status();
  return services.find((service) => service.name === name)?.url ?? '';
}
