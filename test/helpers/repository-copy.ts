import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createTempFolder } from './temp-folder.ts';
import { findFreePort } from './free-port.ts';

/** A clone of this repository as it lies here, with a home and a port of its own. */
export interface RepositoryCopy {
  readonly folder: string;
  readonly routerPort: number;
  /** The whole environment for commands in it: nothing of the developer's settings. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Copies what Git knows, changes included; what is started in it by its scripts ends with the test. */
export async function copyRepository(
  more: Readonly<Record<string, string>> = {},
): Promise<RepositoryCopy> {
  const place = await createTempFolder();
  const folder = join(place, 'clone');
  const home = join(place, 'home');
  await mkdir(home);
  await copyFiles(folder);
  await linkPackages(join(folder, 'node_modules'));
  const routerPort = await findFreePort();
  const environment = {
    ...more,
    HOME: home,
    // Short: the path of a socket has at most 107 bytes.
    XDG_STATE_HOME: join(place, 's'),
    PATH: systemPath(),
    TMPDIR: tmpdir(),
    ROUTER_PORT: String(routerPort),
    SERVER_PORT: '0',
  };
  onTestFinished(() => {
    const stop = join(folder, 'scripts', 'stop.sh');
    execFileSync(stop, ['--all'], { env: environment, stdio: 'ignore' });
  });
  return { folder, routerPort, environment };
}

/** The packages that are installed here, with the stamp that says so: npm is not asked. */
async function linkPackages(folder: string): Promise<void> {
  const installed = join(process.cwd(), 'node_modules');
  await mkdir(folder);
  for (const name of await readdir(installed)) {
    if (!name.startsWith('.installed')) await symlink(join(installed, name), join(folder, name));
  }
  await copyFile('package-lock.json', join(folder, '.installed-package-lock.json'));
}

async function copyFiles(folder: string): Promise<void> {
  const listed = execFileSync('git', [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
  ]);
  for (const file of listed
    .toString()
    .split('\0')
    .filter((name) => name !== '')) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await copyFile(file, join(folder, file)).catch(ignoreMissing);
  }
  const git = (...args: string[]): Buffer =>
    execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
  git('init', '-q');
  git('add', '-A');
  git('-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '-q', '-m', 'copy');
}

/** Listed, but deleted in the work tree. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Without this repository's node_modules/.bin: the copy has to find its own Node. */
function systemPath(): string {
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.filter((name) => !name.includes('node_modules')).join(':');
}
