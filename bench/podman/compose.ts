import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Engine } from '../../test/helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../test/helpers/image-store.ts';
import { timed, type FleetTimes } from './bare.ts';

const run = promisify(execFile);
const VERSION = '1.6.0';

/**
 * The same fleet by podman-compose, which has neither verification nor routes. Without published ports:
 * of 40 that it lets the engine choose, one may be taken before it is used, and then it gives up.
 */
export async function measureComposeFleet(engine: Engine, count: number): Promise<FleetTimes> {
  const program = await installCompose();
  const folder = join(engine.folder, 'compose');
  await mkdir(folder);
  const write = (greeting: string): Promise<void> =>
    writeFile(join(folder, 'compose.yaml'), toCompose(count, greeting));
  const compose = (...args: readonly string[]): Promise<unknown> =>
    run(program, args, { cwd: folder, env: { ...engine.environment }, maxBuffer: 64 * 1024 ** 2 });
  await write('hello');
  const upMs = await timed(() => compose('up', '-d'));
  const unchangedMs = await timed(() => compose('up', '-d'));
  await write('changed');
  const changedMs = await timed(() => compose('up', '-d'));
  const downMs = await timed(() => compose('down', '-t', '2'));
  return { upMs, unchangedMs, changedMs, downMs };
}

function toCompose(count: number, greeting: string): string {
  const names = Array.from({ length: count }, (_, index) => `tiny-${index}`);
  const services = names.map((name, index) => [
    name,
    {
      image: PROGRAMS_IMAGE,
      command: ['node', '/programs/tiny.mjs'],
      environment: { PORT: '8000', GREETING: index === 0 ? greeting : 'hello' },
      user: '1000',
      init: true,
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges'],
      mem_limit: '256m',
      cpus: 0.5,
      pids_limit: 128,
      networks: [name],
    },
  ]);
  const networks = names.map((name) => [name, { driver_opts: { isolate: 'true' } }]);
  return JSON.stringify({
    services: Object.fromEntries(services),
    networks: Object.fromEntries(networks),
  });
}

/** From PyPI into an environment of its own, kept in the user's cache. */
async function installCompose(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const place = join(cache, 'mcp-manager-test', `podman-compose-${VERSION}`);
  const program = join(place, 'bin', 'podman-compose');
  if (existsSync(program)) return program;
  await run('python3', ['-m', 'venv', place]);
  await run(join(place, 'bin', 'pip'), ['install', '--quiet', `podman-compose==${VERSION}`]);
  return program;
}
