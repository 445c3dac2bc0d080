import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Engine, startEngine } from '../../helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { toDocument } from '../../helpers/manager.ts';
import { copyForPodman } from '../../helpers/podman-copy.ts';
import { openShell } from '../../helpers/shell.ts';

test('start.sh --podman brings up the fleet in containers, and stop.sh --all ends all of it', async () => {
  const engine = await startEngine();
  await engine.kill();
  const copy = await copyForPodman(engine);
  const shell = openShell(copy);

  const started = await shell.run('./scripts/start.sh --podman');
  expect(started.output).toContain("Started Podman's API service as process");
  expect(started.output).toMatch(/echo +Running[^]*notes +Running/);
  expect(started.output).toContain(`http://127.0.0.1:${copy.routerPort}/mcp/echo`);
  expect(started.code, started.output).toBe(0);
  const ids = await containersOf(engine);
  expect(ids).toHaveLength(2);
  expect(await shell.run('./scripts/test-echo.sh && ./scripts/test-mcp.sh')).toMatchObject({
    code: 0,
  });

  const stopped = await shell.run('./scripts/stop.sh');
  expect(stopped.output).toContain('Its services go on in Podman');
  expect(stopped.output).toContain('./scripts/stop.sh --all ends them too');
  expect(await containersOf(engine)).toEqual(ids);

  expect(await shell.run('./scripts/start.sh --podman')).toMatchObject({ code: 0 });
  expect(await containersOf(engine)).toEqual(ids);

  const all = await shell.run('./scripts/stop.sh --all');
  expect(all.output).toMatch(/Podman's API service \(process \d+\) has ended/);
  expect(all.code).toBe(0);
  expect(await engine.podman('ps', '--all', '--quiet')).toBe('');
  expect(await engine.podman('network', 'ls', '--format', '{{.Name}}')).toBe('podman');
});

test('a Podman that answers is used as it is, and left as it is', async () => {
  const engine = await startEngine();
  const { started, shell } = await startOwnFleet(engine);
  expect(started).not.toContain("Started Podman's API service");
  expect(await shell.run('./scripts/stop.sh --all')).toMatchObject({ code: 0 });
  expect(await engine.podman('ps', '--all', '--quiet')).toBe('');
  const { output } = await shell.run('./scripts/mcp-manager doctor');
  expect(output).toContain(`podman at ${engine.socket}, the first that answers`);
});

test('where crun cannot start containers, runc is taken without a word in any file', async () => {
  const engine = await startEngine();
  await engine.kill();
  await useCrun(engine);
  const { started } = await startOwnFleet(engine);
  const runtime = (await isHybrid()) ? 'runc' : 'crun';
  expect(started.includes('runc is used')).toBe(runtime === 'runc');
  const [id = ''] = await containersOf(engine);
  expect(await engine.podman('inspect', id, '--format', '{{.OCIRuntime}}')).toBe(runtime);
});

/** Starts one service whose image is there already. */
async function startOwnFleet(engine: Engine) {
  const copy = await copyForPodman(engine);
  const shell = openShell(copy);
  const tiny = { image: PROGRAMS_IMAGE, command: ['node', '/programs/tiny.mjs'] };
  await writeFile(join(copy.folder, 'desired', 'fleet.yaml'), toDocument({ tiny }));
  const { code, output } = await shell.run('./scripts/start.sh --podman');
  expect(code, output).toBe(0);
  expect(output).toMatch(/tiny +Running/);
  return { shell, started: output };
}

async function containersOf({ podman }: Engine): Promise<readonly string[]> {
  return (await podman('ps', '--quiet')).split('\n').toSorted();
}

/** Its name alone decides; what runs is runc, which is there for tests. */
async function useCrun({ folder }: Engine): Promise<void> {
  const program = join(folder, 'crun');
  await writeFile(program, '#!/bin/sh\nexec runc "$@"\n', { mode: 0o755 });
  const file = join(folder, 'containers.conf');
  const settings = await readFile(file, 'utf8');
  await writeFile(file, settings.replace('runtime="runc"', 'runtime="crun"'));
  await appendFile(file, `[engine.runtimes]\ncrun=["${program}"]\n`);
}

/** Whether cgroups v1 and v2 both have controllers. */
async function isHybrid(): Promise<boolean> {
  const file = '/sys/fs/cgroup/unified/cgroup.controllers';
  return (await readFile(file, 'utf8').catch(() => '')).trim() !== '';
}
