import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import { findFreePort } from './free-port.ts';
import { type StartedProgram, startProgramIn } from './started-program.ts';

const run = promisify(execFile);

/** A real Traefik of this test's own on loopback, with its own folder; gone when the test ends. */
export interface Traefik {
  /** Its entry point `web`. */
  readonly entryUrl: string;
  readonly apiUrl: string;
  /** What tells a manager to route by it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folder that it watches, as the repository has it. */
  readonly dynamicFolder: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** All that it logged since it was started last. */
  log(): string;
}

/** Starts Traefik by the repository's own static configuration, on free ports. */
export async function startTraefik(
  atEnd: (end: () => Promise<void>) => void = onTestFinished,
  listens: '127.0.0.1' | '0.0.0.0' = '127.0.0.1',
): Promise<Traefik> {
  const { stdout } = await run('scripts/install-traefik.sh');
  const folder = await mkdtemp(join(tmpdir(), 'traefik-'));
  const dynamicFolder = join(folder, 'traefik', 'dynamic');
  await mkdir(dynamicFolder, { recursive: true });
  await writeFile(join(dynamicFolder, 'base.yml'), await readFile('traefik/dynamic/base.yml'));
  const [entryHost, apiHost] = [
    `127.0.0.1:${await findFreePort()}`,
    `127.0.0.1:${await findFreePort()}`,
  ];
  const staticFile = join(folder, 'traefik', 'traefik.yml');
  const listening = entryHost.replace('127.0.0.1', listens);
  const original = await readFile('traefik/traefik.yml', 'utf8');
  await writeFile(staticFile, moveTo(original, { entryHost: listening, apiHost }));
  const apiUrl = `http://${apiHost}`;
  let program: StartedProgram | undefined;

  async function kill(): Promise<void> {
    program?.kill('SIGKILL');
    await program?.exited;
  }
  async function start(): Promise<void> {
    const command = [stdout.trim(), '--configfile=traefik/traefik.yml'];
    program = startProgramIn(folder, { command, environment: {} });
    await eventually(async () => {
      const answer = await fetch(`${apiUrl}/api/version`).catch(() => undefined);
      if (answer?.ok !== true) throw new Error(`Traefik does not answer: ${log()}`);
    });
  }
  const log = (): string => `${program?.stdout() ?? ''}${program?.stderr() ?? ''}`;
  atEnd(async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  });
  await start();
  const entryUrl = `http://${entryHost}`;
  const environment = {
    ROUTER: 'traefik',
    ROUTER_PORT: new URL(entryUrl).port,
    SERVER_PORT: '0',
    TRAEFIK_DYNAMIC_DIR: dynamicFolder,
    TRAEFIK_API_URL: apiUrl,
  };
  return { entryUrl, apiUrl, environment, dynamicFolder, start, kill, log };
}

/** The same configuration at other addresses: several tests run side by side. */
function moveTo(
  text: string,
  { entryHost, apiHost }: { entryHost: string; apiHost: string },
): string {
  const moved = text
    .replace("'127.0.0.1:7999'", `'${entryHost}'`)
    .replace("'127.0.0.1:8080'", `'${apiHost}'`);
  if (!moved.includes(entryHost) || !moved.includes(apiHost)) {
    throw new Error('traefik/traefik.yml has other addresses than 127.0.0.1:7999 and :8080');
  }
  return moved;
}
