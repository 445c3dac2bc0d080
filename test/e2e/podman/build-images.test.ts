import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { askTool } from '../../helpers/ask-tool.ts';
import { formatRegistries, startEngine, type Engine } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { startRegistry, type Registry } from '../../helpers/registry.ts';
import { copyRepository } from '../../helpers/repository-copy.ts';
import { createRootlessUser } from '../../helpers/rootless-user.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { serveSamples } from './serve-samples.ts';

const BASE = 'docker.io/library/node:24-slim';
const SAMPLES = ['echo', 'simple', 'everything', 'filesystem', 'memory', 'sequentialthinking'].map(
  (name) => `mcp/${name}:latest`,
);
const ECHO = 'localhost/mcp/echo:latest';

describe('without a registry', async () => {
  const engine = await startEngine(afterAll);

  test('an interruption leaves no half image and no folder', async () => {
    const temporary = await createTempFolder();
    for (const words of [/a base is made/, /Building mcp\/echo/]) {
      const { child, said } = startBuild(engine, { templates: ['echo'], temporary });
      await eventually(() => expect(said()).toMatch(words), 60_000);
      process.kill(-(child.pid ?? 0), 'SIGINT');
      await once(child, 'close');
      expect(await imagesOf(engine)).not.toContain(ECHO);
      expect(await leftIn(temporary)).toEqual([]);
    }
  });

  test(
    'the images of all templates are built, and their servers answer',
    { timeout: 300_000 },
    async () => {
      const { code, output } = await build(engine);
      expect(output).toContain('a base is made here');
      expect(code).toBe(0);
      const built = SAMPLES.map((name) => `localhost/${name}`);
      expect(await imagesOf(engine)).toEqual(expect.arrayContaining(built));
      const simple = await runImage(engine, 'mcp/simple:latest', 8000);
      expect(await eventually(() => askTool(simple, 'list_texts'))).toContain('"count":0');
    },
  );

  test.each(['embedded', 'traefik'] as const)(
    'what they hold answers clients of both eras, through the router %s',
    (router) => serveSamples(engine, router),
  );

  test('only what changed is built again', async () => {
    const again = await build(engine);
    expect(again).toEqual({
      code: 0,
      output: SAMPLES.map((name) => `${name} is current\n`).join(''),
    });
    const { folder } = await copyRepository();
    await appendFile(join(folder, 'templates/echo/server.ts'), '// changed\n');
    const changed = await build(engine, { folder, templates: ['echo', 'simple-mcp'] });
    expect(changed.output).toMatch(/Building mcp\/echo[^]*mcp\/simple:latest is current/);
    const source = ['run', '--rm', '--network', 'none', ECHO, 'node', '-p'];
    const read = 'fs.readFileSync("server.ts", "utf8")';
    expect(await engine.podman(...source, read)).toContain('// changed');
  });

  test('a base that is asked for and not to be had is told', async () => {
    const { code, output } = await build(engine, { base: 'docker.io/library/none:1' });
    expect(code).toBe(1);
    expect(output).toContain('docker.io/library/none:1 is not here and cannot be pulled');
    expect(output).toContain('docker.io is blocked');
  });
});

test('a normal user builds them in a Podman of their own', async () => {
  const user = await createRootlessUser(onTestFinished);
  const settings = join(user.home, '.config', 'containers', 'registries.conf');
  await writeFile(settings, formatRegistries({}));
  const script = join(user.manager[1] ?? '', '..', '..', 'scripts', 'build-images.sh');
  // How npm reaches its registry from here.
  const ways = ['NODE_EXTRA_CA_CERTS', 'npm_config_registry', 'https_proxy'];
  const variables = ways.filter((name) => process.env[name] !== undefined);
  const command = [...variables.map((name) => `${name}=${process.env[name]}`), script, 'echo'];
  expect(await user.run(...command)).toContain('a base is made here');
  expect(
    await user.run('podman', 'run', '--rm', '--network', 'none', ECHO, 'node', '-p', '1 + 1'),
  ).toBe('2');
  expect(await user.run(...command)).toBe('mcp/echo:latest is current');
});

describe('with a registry', () => {
  test('the base is pulled and the Dockerfile is followed, its packages included', async () => {
    const registry = await startRegistry();
    const engine = await startEngine(undefined, { registries: { 'docker.io': registry.address } });
    await pushBaseWithNpm(engine, registry);
    const { code, output } = await build(engine, { templates: ['echo'] });
    expect(output).toBe(`Pulling ${BASE} …\nBuilding mcp/echo:latest on ${BASE} …\n`);
    expect(code).toBe(0);
    const seen = ['run', '--rm', '--network', 'none', ECHO, 'node', '-p'];
    expect(await engine.podman(...seen, 'fs.readFileSync("node_modules/asked", "utf8")')).toBe(
      'npm install --omit=dev --no-audit --no-fund',
    );
    const again = await build(engine, { templates: ['echo'] });
    expect(again.output).toBe('mcp/echo:latest is current\n');
  });

  test('packages come from here where npm does not work inside the build', async () => {
    const engine = await startEngine();
    const { code, output } = await build(engine, { templates: ['echo'], base: PROGRAMS_IMAGE });
    expect(output).toContain('npm does not work inside the build');
    expect(code).toBe(0);
    const echo = await runImage(engine, ECHO, 8000);
    expect(await eventually(() => askTool(echo, 'echo', { message: 'you' }))).toBe('Echo: you');
  });
});

interface BuildOptions {
  /** A copy of the repository; default: this one. */
  readonly folder?: string;
  readonly templates?: readonly string[];
  readonly base?: string;
  /** Folder for temporary files. */
  readonly temporary?: string;
}

/** The script to its end: its exit code and what it printed on both streams. */
async function build(engine: Engine, options: BuildOptions = {}) {
  const { child, said } = startBuild(engine, options);
  const [code]: number[] = await once(child, 'close');
  return { code, output: said() };
}

/** Starts the script in a process group of its own, as a terminal does. */
function startBuild(engine: Engine, { folder, templates = [], base, temporary }: BuildOptions) {
  const script = join(folder ?? process.cwd(), 'scripts', 'build-images.sh');
  const child = spawn(script, templates, {
    env: {
      // How npm reaches its registry, and where it keeps what it has loaded before.
      ...process.env,
      ...engine.environment,
      HOME: process.env['HOME'],
      ...(base !== undefined && { BASE: base }),
      ...(temporary !== undefined && { TMPDIR: temporary }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0));
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { child, said: () => output };
}

async function imagesOf(engine: Engine): Promise<readonly string[]> {
  const listed = await engine.podman('images', '--format', '{{.Repository}}:{{.Tag}}');
  return listed.split('\n');
}

/** Runs an image as hardened as the manager does; answers the URL of its MCP endpoint. */
async function runImage(engine: Engine, image: string, port: number): Promise<string> {
  const hardened = ['--cap-drop', 'all', '--security-opt', 'no-new-privileges', '--read-only'];
  // The firewall keeps published ports by the name of the network: where two engines use one name, the port
  // of one goes with the container of the other.
  const network = `own-${randomUUID().slice(0, 8)}`;
  await engine.podman('network', 'create', network);
  const reached = ['--network', network, '--publish', `127.0.0.1::${port}`];
  const id = await engine.podman('run', '--detach', '--init', ...hardened, ...reached, image);
  const address = await engine.podman('port', id, String(port));
  return `http://${address}/mcp`;
}

/** Puts a base into the registry whose shell writes down what it was asked to run. */
async function pushBaseWithNpm(engine: Engine, { address }: Registry): Promise<void> {
  const folder = await createTempFolder();
  const shell = `#!/usr/local/bin/node
const fs = require('node:fs');
fs.mkdirSync('node_modules');
fs.writeFileSync('node_modules/asked', process.argv.at(-1));
`;
  await writeFile(join(folder, 'shell'), shell, { mode: 0o755 });
  const file = `FROM ${PROGRAMS_IMAGE}\nCOPY shell /bin/sh\n`;
  await writeFile(join(folder, 'Dockerfile'), file);
  await engine.podman('build', '--quiet', '--tag', BASE, folder);
  const target = BASE.replace('docker.io', address);
  await engine.podman('push', '--quiet', BASE, target);
  await engine.podman('rmi', BASE);
}

/** What Node and npm keep there is no leftover of the script. */
async function leftIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('mcp-manager-'));
}
