import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createApp } from '../../src/http/app.ts';
import { listenOnPort } from '../../src/http/listen.ts';
import type { Log } from '../../src/ports.ts';
import { openManager } from '../../src/wire.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

export interface MemoryManagerOptions {
  /** Until when it runs. */
  readonly atEnd: (end: () => Promise<void>) => void;
  /** Texts by file name. */
  readonly documents: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly log?: Log;
}

/** A whole manager in this process over the memory runtime, with documents in a folder of its own. */
export async function startMemoryManager({
  atEnd,
  documents,
  environment = {},
  log = quiet,
}: MemoryManagerOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-manager-test-'));
  const desired = join(folder, 'desired');
  const templates = join(folder, 'templates');
  await mkdir(desired);
  await mkdir(templates);
  for (const [file, text] of Object.entries(documents)) {
    const path = join(desired, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const config = readConfig({
    environment: {
      BACKEND_ENVIRONMENT: 'memory',
      SERVER_PORT: '0',
      ROUTER_PORT: '0',
      MANAGER_ID: 'whole',
      ...environment,
    },
    flags: { DESIRED_DIR: desired, STATE_DIR: join(folder, 'state') },
    workingFolder: folder,
    packageTemplatesFolder: templates,
    packageTraefikFolder: join(folder, 'traefik'),
  });
  const ending = new AbortController();
  const manager = await openManager(config, log, { mode: 'auto', signal: ending.signal });
  const running = manager.run(ending.signal);
  atEnd(async () => {
    ending.abort();
    await running;
    await manager[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    manager,
    desired,
    /** All documents and templates. */
    files: async () => ({ ...(await filesBelow(desired)), ...(await filesBelow(templates)) }),
  };
}

/** The same, with its API over TCP, open to everybody, until the test ends. */
export async function serveMemoryManager(documents: MemoryManagerOptions['documents'] = {}) {
  const started = await startMemoryManager({ atEnd: onTestFinished, documents });
  const { control, inspection } = started.manager;
  const platform = { inspection, startupMs: 30_000, limit: {} };
  const guard = { allowedHosts: [], corsOrigins: [] };
  const app = createApp({ control, log: quiet, version: '1', platform, guard });
  onTestFinished(async () => {
    await app.close();
  });
  return { ...started, app, url: await listenOnPort(app, { host: '127.0.0.1', port: 0 }) };
}

/** Every file below a folder with its bytes, as text. */
async function filesBelow(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  const pairs = paths.toSorted().map(async (path) => [path, await readFile(path, 'latin1')]);
  return Object.fromEntries(await Promise.all(pairs));
}
