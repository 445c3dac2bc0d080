import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServiceStatus } from '../../../src/model/status.ts';
import { askTool } from '../../helpers/ask-tool.ts';
import { eventually } from '../../helpers/eventually.ts';
import { contained, createFleet } from '../../helpers/fleet.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import type { ManagerProcess } from '../../helpers/manager.ts';

// Programs that misbehave, all at once on one engine, beside one that does not.
const SOON = { deadline: '3s', drain: '1s' };
const fleet = await createFleet(afterAll);
let manager: ManagerProcess;

/** Its program is for another kind of machine. */
const FOREIGN_IMAGE = 'localhost/mcp-test/foreign:1';

beforeAll(async () => {
  await makeForeignImage();
  fleet.declare('good.yaml', { good: contained() });
  fleet.declare('bad.yaml', {
    absent: { ...contained(), image: 'localhost/mcp-test/absent:1' },
    entry: contained('tiny', [], { command: ['/no/such/program'] }),
    foreign: contained('tiny', [], { image: FOREIGN_IMAGE, command: ['/programs/foreign'] }),
    exit: contained('tiny', ['exit']),
    mute: contained('tiny', ['mute'], { rollout: SOON }),
    plain: contained('tiny', ['plain'], { rollout: SOON }),
    root: contained('bad', ['root']),
    write: contained('bad', ['write']),
    log: contained('bad', ['log']),
    fill: contained('bad', ['fill']),
    fork: contained('bad', ['fork'], { resources: { pids: 32, memory: '1Gi' } }),
    eat: contained('bad', ['eat'], { resources: { memory: '128Mi' } }),
  });
  manager = await fleet.run();
});

test('the good service runs beside all of them', async () => {
  await manager.until({ good: 'Running' }, 60_000);
  expect(await askTool((await get('good')).url ?? '')).toBe('hello');
});

test('an image that is nowhere is Failed, and is named with the way out', async () => {
  await manager.until({ absent: 'Failed' }, 60_000);
  expect((await get('absent')).cause).toMatch(/IMAGE_MISSING .*mcp-test\/absent:1/);
});

test.each([
  ['entry', /exit code|PROGRAM/, /No such file/],
  ['foreign', /exit code|PROGRAM/, /\/programs\/foreign|No such file|exec format/i],
  ['exit', /exit code 7/, /cannot find my database/],
  ['root', /exit code 1/, /root: EPERM/],
  ['write', /exit code 1/, /write: EROFS/],
])('%s: a program that ends at once says why', async (name, cause, lastWords) => {
  const status = await eventually(async () => {
    const seen = await get(name);
    expect(['CrashLoop', 'Degraded', 'Failed']).toContain(seen.state);
    expect(seen.cause).toMatch(cause);
    expect(seen.lastLog?.join('\n')).toMatch(lastWords);
    return seen;
  }, 60_000);
  expect(status.restarts).toBeLessThan(20);
});

test('an image of another architecture is told as what it may be, with the way out', async () => {
  await manager.until({ foreign: 'Failed' }, 60_000);
  expect((await get('foreign')).cause).toMatch(
    /PROGRAM_MISSING .*\/programs\/foreign.* an image of another architecture/,
  );
});

test('what never listens, and what speaks no MCP, is Failed after its deadline', async () => {
  await manager.until({ mute: 'Failed', plain: 'Failed' }, 60_000);
  expect((await get('mute')).cause).toMatch(/not verified in time/);
  expect((await get('plain')).cause).toMatch(/not MCP/);
});

test('a flood of 1 GB in its log takes little of the disk, and it is served', async () => {
  await manager.until({ log: 'Running' }, 90_000);
  const [name = ''] = (await fleet.containers()).filter((one) => one.startsWith('mcp-log-'));
  const path = await fleet.engine.podman(
    'inspect',
    name,
    '--format',
    '{{.HostConfig.LogConfig.Path}}',
  );
  const { size } = await import('node:fs/promises').then(({ stat }) => stat(path));
  expect(size).toBeLessThan(64 * 1024 * 1024);
  const { stdout } = await fleet.cli('logs', 'log', '--tail', '3');
  expect(stdout).toContain('ready');
});

test('a full /tmp and the limit of processes hit only who ran into them', async () => {
  await manager.until({ fill: 'Running', fork: 'Running' }, 60_000);
  expect((await fleet.cli('logs', 'fill')).stdout).toContain('fill: ENOSPC');
  expect((await fleet.cli('logs', 'fork')).stdout).toContain('fork: EAGAIN');
});

test('what eats memory up to its limit is killed and backed off, and said to have been killed', async () => {
  await eventually(async () => {
    const { state, cause } = await get('eat');
    expect(['CrashLoop', 'Degraded', 'Failed']).toContain(state);
    expect(cause).toMatch(/memory/);
  }, 60_000);
});

test('in the end the good service was never touched, and nothing of the bad ones is left when they go', async () => {
  const { restarts } = await get('good');
  expect(restarts).toBe(0);
  fleet.declare('bad.yaml', {});
  const apply = await fleet.cli('apply', '--auto-approve', '--allow-removals', '20');
  expect(apply.stderr + apply.stdout).toMatch(/Apply complete/);
  const left = await eventually(async () => {
    const names = await fleet.containers();
    expect(names).toHaveLength(1);
    return names;
  }, 60_000);
  expect(left[0]).toMatch(/^mcp-good-/);
  const networks = await fleet.engine.podman('network', 'ls', '--format', '{{.Name}}');
  expect(networks.split('\n').filter((name) => name.startsWith('mcp-'))).toHaveLength(1);
});

/** The image of the tests, with the head of an executable for 64-bit Arm. */
async function makeForeignImage(): Promise<void> {
  const { podman } = fleet.engine;
  const file = join(fleet.engine.folder, 'foreign');
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(183, 18);
  writeFileSync(file, head, { mode: 0o755 });
  await podman('create', '--name', 'making', PROGRAMS_IMAGE, 'node');
  await podman('cp', file, 'making:/programs/foreign');
  await podman('commit', '--quiet', 'making', FOREIGN_IMAGE);
  await podman('rm', 'making');
}

async function get(name: string): Promise<ServiceStatus> {
  const { services } = await manager.control.status();
  const found = services.find((service) => service.name === name);
  if (!found) throw new Error(`${name} has no status`);
  return found;
}
