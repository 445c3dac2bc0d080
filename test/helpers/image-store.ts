import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAMS = join(REPOSITORY, 'test', 'fixtures', 'programs');
const PROGRAM_FILES = ['bad.mjs', 'service.mjs', 'tiny.mjs'];

/** Node and the programs of `test/fixtures/programs` below `/programs`; they listen on all addresses. */
export const PROGRAMS_IMAGE = 'localhost/mcp-test/programs:1';

/**
 * The folder of a read-only image store that every test engine shares: it holds PROGRAMS_IMAGE. Built
 * once (4 s) and kept in the user's cache until what it is made of changes.
 */
export async function prepareImageStore(): Promise<string> {
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'mcp-manager-test',
  );
  const store = join(cache, `images-${digestOfSources()}`);
  if (existsSync(store)) return store;
  await mkdir(cache, { recursive: true });
  const building = await mkdtemp(join(cache, 'building-'));
  try {
    await buildStore(building);
    // Another test run may have been faster.
    await rename(join(building, 'store'), store).catch((error: unknown) => {
      if (!existsSync(store)) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return store;
}

function digestOfSources(): string {
  const files = [
    fileURLToPath(import.meta.url),
    join(REPOSITORY, 'scripts', 'node-root.sh'),
    ...PROGRAM_FILES.map((name) => join(PROGRAMS, name)),
  ];
  const hash = createHash('sha256').update(process.version);
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

async function buildStore(folder: string): Promise<void> {
  const root = join(folder, 'root');
  await run(join(REPOSITORY, 'scripts', 'node-root.sh'), [root]);
  await mkdir(join(root, 'programs'));
  for (const name of PROGRAM_FILES) await cp(join(PROGRAMS, name), join(root, 'programs', name));
  const archive = join(folder, 'root.tar');
  await run('tar', ['-C', root, '-cf', archive, '.']);
  const storage = join(folder, 'storage.conf');
  const places = [`graphroot="${join(folder, 'store')}"`, `runroot="${join(folder, 'run')}"`];
  await writeFile(storage, ['[storage]', 'driver="overlay"', ...places, ''].join('\n'));
  const settings = ['ENV HOST=0.0.0.0', 'WORKDIR /programs'].flatMap((line) => ['-c', line]);
  await run('podman', ['import', ...settings, archive, PROGRAMS_IMAGE], {
    env: { ...process.env, CONTAINERS_STORAGE_CONF: storage },
    cwd: dirname(archive),
  });
}
