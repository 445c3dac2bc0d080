import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** A normal user of this machine, with a Podman of their own. */
export interface RootlessUser {
  readonly name: string;
  readonly home: string;
  /** Where their Podman is served, once it is. */
  readonly socket: string;
  /** Node and this repository's `src/main.ts`, as they reach them. */
  readonly manager: readonly string[];
  /** Put before a command it runs as this user; a variable may come first: `NAME=value`. */
  readonly prefix: readonly string[];
  /** Runs a command in the home folder and answers what it printed. */
  run(...command: readonly string[]): Promise<string>;
}

/**
 * Makes a user, and removes them at the end with all that they ran. Needs root. They may open
 * `/dev/net/tun` in a mount namespace of their own: nothing of the machine is changed but its list of users.
 */
export async function createRootlessUser(
  atEnd: (end: () => Promise<void>) => void,
): Promise<RootlessUser> {
  const folder = await mkdtemp(join(tmpdir(), 'usr-'));
  const name = `mcp-${folder.slice(-6).toLowerCase()}`;
  const home = join(folder, 'home');
  atEnd(() => removeUser(name, folder));
  await chmod(folder, 0o755);
  await run('useradd', ['--create-home', '--home-dir', home, '--shell', '/bin/sh', name]);
  const { stdout } = await run('id', ['-u', name]);
  await writeSettings(home, Number(stdout));
  const prefix = [await writePrefix({ folder, name, home })];
  const place = join(folder, 'repository');
  const node = process.execPath.replace(REPOSITORY, place);
  return {
    name,
    home,
    socket: join(home, 'run', 'podman', 'podman.sock'),
    manager: [node, join(place, 'src', 'main.ts')],
    prefix,
    async run(...command) {
      const [program = '', ...args] = [...prefix, ...command];
      return (await run(program, args)).stdout.trim();
    },
  };
}

/** As a person sets up Podman for themselves, but for the engine's runtime: see `startEngine`. */
async function writeSettings(home: string, userId: number): Promise<void> {
  const settings = join(home, '.config', 'containers');
  const socketFolder = join(home, 'run', 'podman');
  await mkdir(settings, { recursive: true });
  await mkdir(socketFolder, { recursive: true });
  await writeFile(join(settings, 'storage.conf'), '[storage]\ndriver="overlay"\n');
  await writeFile(
    join(settings, 'containers.conf'),
    '[engine]\nruntime="runc"\ncgroup_manager="cgroupfs"\nevents_logger="file"\n',
  );
  for (const path of ['.config', join('.config', 'containers'), 'run', join('run', 'podman')]) {
    await chown(join(home, path), userId, userId);
    await chmod(join(home, path), 0o700);
  }
}

interface Place {
  readonly folder: string;
  readonly name: string;
  readonly home: string;
}

/** A script, because a command line cannot mount: the device and the repository, wherever that lies. */
async function writePrefix({ folder, name, home }: Place): Promise<string> {
  await run('mknod', ['-m', '666', join(folder, 'tun'), 'c', '10', '200']);
  await mkdir(join(folder, 'repository'));
  const file = join(folder, 'as-user');
  const path = (process.env['PATH'] ?? '').split(':').filter((each) => !each.includes(REPOSITORY));
  await writeFile(
    file,
    `#!/bin/sh
[ "$MOUNTED" = ${name} ] || MOUNTED=${name} exec unshare --mount --propagation private "$0" "$@"
mount --bind '${folder}/tun' /dev/net/tun
mount --bind '${REPOSITORY}' '${folder}/repository'
cd '${home}'
exec setpriv --reuid=${name} --regid=${name} --init-groups env -i \\
  PATH='${path.join(':')}' HOME='${home}' XDG_RUNTIME_DIR='${home}/run' "$@"
`,
  );
  await chmod(file, 0o755);
  return file;
}

async function removeUser(name: string, folder: string): Promise<void> {
  const { stdout } = await run('id', ['-u', name]).catch(() => ({ stdout: '' }));
  if (stdout !== '') {
    const rmAll = ['podman', 'rm', '--all', '--force', '--time', '0'];
    await run(join(folder, 'as-user'), rmAll).catch(() => undefined);
    await run('pkill', ['-KILL', '-u', name]).catch(() => undefined);
    await eventually(() => requireGone(name));
    await run('userdel', [name]);
    await rm(`/dev/shm/libpod_rootless_lock_${stdout.trim()}`, { force: true });
  }
  await rm(folder, { recursive: true, force: true });
}

/** A process that nobody waits for stays as a zombie: it is gone. */
async function requireGone(name: string): Promise<void> {
  const { stdout } = await run('ps', ['-u', name, '-o', 'stat=,args=']).catch(() => ({
    stdout: '',
  }));
  const left = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('Z'));
  if (left.length > 0) throw new Error(`${name} still runs:\n${left.join('\n')}`);
}
