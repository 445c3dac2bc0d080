import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createFleet } from '../../helpers/fleet.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import type { ManagerProcess } from '../../helpers/manager.ts';

// Containers that ran before the manager did, and what becomes of them.
const fleet = await createFleet(afterAll);
const { podman } = fleet.engine;
let manager: ManagerProcess;

beforeAll(async () => {
  manager = await fleet.run();
});

/** A container of somebody else that serves MCP at its port 8000; answers its id. */
async function runForeign(name: string, ...flags: readonly string[]): Promise<string> {
  const told = `if (process.env.API_KEY) console.log('my key is ' + process.env.API_KEY)`;
  const program = [PROGRAMS_IMAGE, 'node', '-e', `${told}; import('/programs/tiny.mjs')`];
  const published = ['--publish', '127.0.0.1::8000', '--env', 'PORT=8000', '--user', '1000'];
  return podman('run', '--detach', '--init', '--name', name, ...published, ...flags, ...program);
}

function look(id: string, format: string): Promise<string> {
  return podman('inspect', id, '--format', format);
}

const SINCE = '{{.Id}} {{.State.StartedAt}}';

async function urlOf(service: string): Promise<string> {
  const { services } = await manager.control.status();
  return services.find(({ name }) => name === service)?.url ?? '';
}

test('import makes a running container a service, without a restart and without a secret in any text', async () => {
  const id = await runForeign(
    'old-echo',
    '--env',
    'GREETING=hello',
    '--env',
    'API_KEY=planted-value',
    '--volume',
    'old-data:/data',
  );
  const before = await look(id, SINCE);
  const { code, stdout, stderr } = await fleet.cli(
    'import',
    'old-echo',
    '--as',
    'echo',
    '--auto-approve',
  );
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain('<= echo');
  expect(stdout).toContain('Plan: 1 to import');
  await manager.until({ echo: 'Running' });
  expect(await look(id, SINCE)).toBe(before);
  expect(await look(id, '{{.Name}}')).toMatch(/^mcp-echo-[0-9a-f]{8}-1$/);
  expect(await askTool(await urlOf('echo'))).toBe('hello');
  const document = readFileSync(fleet.path('echo.yaml'), 'utf8');
  expect(document).toContain(`adopt: ${id}`);
  expect(document).toContain('external: true');
  expect(document).toContain('secret: file:echo/API_KEY');
  expect(readFileSync(join(fleet.stateFolder, 'secrets', 'echo', 'API_KEY'), 'utf8')).toBe(
    'planted-value',
  );
  const { stdout: events } = await fleet.cli('events', '--json');
  const said = [document, stdout, stderr, events, manager.stdout(), manager.stderr()];
  const told = said.join('\n');
  expect(told).not.toContain('planted-value');
  expect((await fleet.cli('plan')).stdout).toContain('No changes.');
  const logs = await fleet.cli('logs', 'echo');
  expect(logs.stdout).toContain('my key is (secret)');
});

test('killed by hand it is started again', async () => {
  const id = await idOf('echo');
  await podman('kill', id);
  await eventually(async () => expect(await look(id, '{{.State.Status}}')).toBe('running'), 30_000);
  await manager.until({ echo: 'Running' }, 30_000);
});

test('renamed by hand while it writes, it blocks its service; named back, it serves again', async () => {
  const id = await idOf('echo');
  const name = await look(id, '{{.Name}}');
  await podman('rename', id, 'mine');
  await manager.until({ echo: 'Blocked' }, 30_000);
  expect((await fleet.cli('status')).stdout).toContain('mine writes to volume old-data still');
  expect(await podman('ps', '--all', '--format', '{{.Names}}')).toBe('mine');
  await podman('rename', id, name);
  await manager.until({ echo: 'Running' }, 30_000);
});

test('its manager may lose its store: the container is known by its name, and goes on', async () => {
  const before = await look(await idOf('echo'), SINCE);
  await manager.end();
  rmSync(join(fleet.stateFolder, 'state.db'));
  manager = await fleet.run();
  await manager.until({ echo: 'Running' }, 30_000);
  expect(await look(before.split(' ')[0] ?? '', SINCE)).toBe(before);
});

test('an edited document brings a container of our own with the same volume, and the old one goes', async () => {
  const old = await idOf('echo');
  const kept = 'fs.writeFileSync("/data/kept", "yes")';
  await podman('exec', '--user', '0', old, 'node', '-e', kept);
  const text = readFileSync(fleet.path('echo.yaml'), 'utf8');
  fleet.write('echo.yaml', text.replace('GREETING: hello', 'GREETING: changed'));
  await eventually(async () => expect(await idOf('echo')).not.toBe(old), 60_000);
  await manager.until({ echo: 'Running' }, 60_000);
  expect(await askTool(await urlOf('echo'))).toBe('changed');
  const ours = await idOf('echo');
  const read = 'process.stdout.write(fs.readFileSync("/data/kept"))';
  expect(await podman('exec', ours, 'node', '-e', read)).toBe('yes');
  expect(await look(ours, '{{range .Mounts}}{{.Name}}{{end}}')).toBe('old-data');
  expect(await look(ours, '{{.HostConfig.ReadonlyRootfs}}')).toBe('true');
  await eventually(async () => expect(await fleet.containers()).toHaveLength(1), 30_000);
});

test('what no document may ask for is refused as a whole, and nothing is written or renamed', async () => {
  await runForeign('odd', '--privileged', '--user', '0', '--volume', '/etc:/host:ro');
  const { code, stderr } = await fleet.cli('import', 'odd', '--as', 'odd', '--auto-approve');
  expect(code).toBe(1);
  expect(stderr).toContain('it is privileged: nothing allows that in a document');
  expect(stderr).toContain('ALLOW_ROOT=true');
  expect(stderr).toContain('ALLOWED_VOLUME_ROOTS');
  expect(() => readFileSync(fleet.path('odd.yaml'))).toThrow('ENOENT');
  expect(await look('odd', '{{.State.Status}}')).toBe('running');
});

test('forget lets a service go running: unrouted, renamed, and forgotten, also after an import', async () => {
  const id = await runForeign('loose');
  expect((await fleet.cli('import', 'loose', '--as', 'loose', '--auto-approve')).code).toBe(0);
  await manager.until({ loose: 'Running' });
  const before = await look(id, SINCE);
  const url = await urlOf('loose');
  expect((await fleet.cli('forget', 'loose')).code).toBe(0);
  await manager.until({ loose: 'gone' }, 30_000);
  expect(await look(id, SINCE)).toBe(before);
  expect(await look(id, '{{.Name}}')).toMatch(/^mcp-loose-[0-9a-f]{8}-1-forgotten-/);
  await eventually(async () => expect((await fetch(url)).status).toBe(404));
  expect((await fleet.cli('import', id, '--as', 'loose', '--auto-approve')).code).toBe(0);
  await manager.until({ loose: 'Running' });
  expect(await look(id, SINCE)).toBe(before);
});

async function idOf(service: string): Promise<string> {
  const lines = await podman('ps', '--all', '--no-trunc', '--format', '{{.Names}} {{.ID}}');
  const line = lines.split('\n').find((one) => one.startsWith(`mcp-${service}-`)) ?? '';
  return line.split(' ')[1] ?? '';
}
