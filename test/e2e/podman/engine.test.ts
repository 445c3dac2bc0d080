import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEngine } from '../../helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { eventually } from '../../helpers/eventually.ts';
import { startProgramIn } from '../../helpers/started-program.ts';

test('an engine of a test runs programs, and goes on after its service was killed', async () => {
  const engine = await startEngine();
  const command = ['node', '-e', 'setInterval(() => {}, 1000)'];
  await engine.podman('network', 'create', 'own');
  const flags = ['-d', '--init', '--network', 'own', '--name', 'one'];
  await engine.podman('run', ...flags, PROGRAMS_IMAGE, ...command);
  await engine.kill();
  await engine.start();
  expect(await engine.podman('ps', '--format', '{{.Names}}')).toBe('one');
});

test('what a killed test left is removed by the next engine that starts', async () => {
  const command = [process.execPath, 'test/helpers/abandoned-engine-process.ts'];
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const abandoned = startProgramIn(process.cwd(), { command, environment });
  await abandoned.said(/^folder .*\n/m);
  const [, folder = ''] = /^folder (.*)$/m.exec(abandoned.stdout()) ?? [];
  abandoned.kill('SIGKILL');
  await abandoned.exited;
  const address = addressOf(folder);
  expect(remainsOf(folder, address)).not.toEqual([]);
  await startEngine();
  // A test beside this one may have been the next, and be at it still.
  await eventually(() => {
    expect(remainsOf(folder, address)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});

/** The first two numbers of the engine's addresses. */
function addressOf(folder: string): string {
  const settings = readFileSync(join(folder, 'containers.conf'), 'utf8');
  return /default_subnet="(10\.\d+\.)/.exec(settings)?.[1] ?? '';
}

/** Its processes, mounts, bridges and rules of the firewall. */
function remainsOf(folder: string, address: string): readonly string[] {
  const places = ['ps -eo pid,args', 'cat /proc/self/mounts', 'ip -o addr', 'iptables-save'];
  const text = places.map((command) => execFileSync('sh', ['-c', command], { encoding: 'utf8' }));
  const lines = text.join('').split('\n');
  return lines.filter((line) => line.includes(folder) || line.includes(address));
}
