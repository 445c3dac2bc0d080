import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withFolder } from './folder.ts';
import { spreadOf } from './measure.ts';
import { formatSpread, type Table } from './table.ts';

const RUNS = 10;
const WARM_UP = 2;
const START_MS = 20_000;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAIN = join(ROOT, 'src/main.ts');

interface Asked {
  readonly name: string;
  readonly argv: readonly string[];
}

/** How long people wait for a command: to its first output and to its end. */
export async function measureCommands(): Promise<readonly Table[]> {
  const rows = await withFolder(async (folder) => {
    const environment = {
      ...process.env,
      STATE_DIR: join(folder, 'state'),
      MANAGER_ID: 'bench',
      BACKEND_ENVIRONMENT: 'memory',
      ROUTER: 'none',
      SERVER_PORT: '0',
      // As a person has it who used the command before.
      NODE_COMPILE_CACHE: join(folder, 'cache'),
    };
    const manager = spawn(process.execPath, [MAIN, 'run'], {
      cwd: ROOT,
      env: environment,
      stdio: 'ignore',
    });
    try {
      const status = { name: '`mcp-manager status`', argv: [MAIN, 'status'] };
      await untilAnswered(status, environment);
      const asked = [
        { name: '`node -e 0`', argv: ['-e', '0'] },
        { name: '`mcp-manager --help`', argv: [MAIN, '--help'] },
        { name: '`mcp-manager validate` (sample fleet)', argv: [MAIN, 'validate'] },
        status,
      ];
      const measured: string[][] = [];
      for (const one of asked) measured.push(await measureCommand(one, environment));
      return measured;
    } finally {
      await end(manager);
    }
  });
  return [
    {
      title: 'Commands',
      notes: [
        `Each spawned with this Node from the sources; median of ${RUNS} runs (least–most), after ${WARM_UP} that fill the compile cache. ` +
          '`status` asks a running manager over its socket. Target: < 150 ms to the first output.',
      ],
      columns: ['command', 'first output ms', 'exit ms'],
      rows,
    },
  ];
}

async function measureCommand(asked: Asked, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const first: number[] = [];
  const whole: number[] = [];
  for (let run = -WARM_UP; run < RUNS; run += 1) {
    const { firstMs, exitMs } = await runOnce(asked, environment);
    if (run < 0) continue;
    if (firstMs !== undefined) first.push(firstMs);
    whole.push(exitMs);
  }
  const { name } = asked;
  return [
    name,
    first.length > 0 ? formatSpread(spreadOf(first)) : '–',
    formatSpread(spreadOf(whole)),
  ];
}

async function runOnce({ name, argv }: Asked, env: NodeJS.ProcessEnv) {
  const startMs = performance.now();
  const child = spawn(process.execPath, argv, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let firstMs: number | undefined;
  let complaint = '';
  child.stdout.on('data', () => (firstMs ??= performance.now() - startMs));
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const [code] = await once(child, 'exit');
  const exitMs = performance.now() - startMs;
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}: ${complaint}`);
  return { firstMs, exitMs };
}

async function untilAnswered(asked: Asked, environment: NodeJS.ProcessEnv): Promise<void> {
  const endMs = performance.now() + START_MS;
  for (;;) {
    const failed = await runOnce(asked, environment).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failed === undefined) return;
    if (performance.now() > endMs) throw failed;
    await sleep(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
