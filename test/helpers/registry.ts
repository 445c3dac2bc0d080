import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import { findFreePort } from './free-port.ts';

/** Whom a registry with `login` knows, and nobody else. */
export const LOGIN = { username: 'reader', password: 'open sesame' } as const;
/** The password of LOGIN as `htpasswd -B` writes it. */
const PASSWORD_HASH = '$2b$04$abcdefghijklmnopqrstuu/LVz6MZlItEy42I2juLihZ66HnQx/cy';

/** A real image registry of this test's own: plain HTTP on loopback, with its own folder. */
export interface Registry {
  /** How references to its images begin: `127.0.0.1:PORT`; the same after a restart. */
  readonly address: string;
  /** What it has answered so far, oldest first: `GET /v2/team/one/manifests/1 200`. */
  answers(): readonly string[];
  /** Accepts connections and answers nothing, until it is killed. */
  freeze(): void;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface RegistryOptions {
  /** When it ends (`afterAll` for a whole file); default: with the test. */
  readonly atEnd?: (end: () => Promise<void>) => void;
  /** Answers only to LOGIN. */
  readonly login?: boolean;
}

/** Starts a registry; what was pushed survives `kill` and `start`. */
export async function startRegistry({
  atEnd = onTestFinished,
  login = false,
}: RegistryOptions = {}): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-manager-registry-'));
  const address = `127.0.0.1:${await findFreePort()}`;
  const settings = writeSettings({ folder, address, login });
  let child: ChildProcess | undefined;
  let output = '';

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
  async function start(): Promise<void> {
    child = await spawnRegistry(settings);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    await eventually(async () => {
      const { status } = await fetch(`http://${address}/v2/`);
      if (status !== (login ? 401 : 200)) throw new Error(`the registry answers ${status}`);
    });
  }

  atEnd(async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  });
  await start();
  return {
    address,
    answers: () => readAnswers(output),
    freeze: () => void child?.kill('SIGSTOP'),
    kill,
    start,
  };
}

interface RegistrySettings {
  readonly folder: string;
  readonly address: string;
  readonly login: boolean;
}

function writeSettings({ folder, address, login }: RegistrySettings): string {
  const file = join(folder, 'registry.yml');
  const passwords = join(folder, 'htpasswd');
  writeFileSync(passwords, `${LOGIN.username}:${PASSWORD_HASH}\n`);
  const settings = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'images') }, delete: { enabled: true } },
    http: { addr: address },
    ...(login && { auth: { htpasswd: { realm: 'test', path: passwords } } }),
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(settings));
  return file;
}

async function spawnRegistry(settings: string): Promise<ChildProcess> {
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
  const child = spawn('docker-registry', ['serve', settings], { stdio });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Error('docker-registry is not installed: apt-get install docker-registry', {
      cause: error,
    });
  }
  return child;
}

/** Of its log only the lines of access: `… "GET /v2/ HTTP/1.1" 200 2 "" "containers/5.23.1 …"`. */
function readAnswers(output: string): readonly string[] {
  const lines = output.matchAll(/"([A-Z]+ \S+) HTTP\/1\.1" (\d+) /g);
  return [...lines].map(([, request, status]) => `${request} ${status}`);
}
