import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endKeptRouter } from '../../src/adapters/proxy/proxy-router.ts';
import { createSocketClient } from '../../src/cli/socket-client.ts';
import type { Control } from '../../src/control.ts';
import { type StartedProgram, startProgramIn } from './started-program.ts';
import { eventually } from './eventually.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(REPOSITORY, 'src', 'main.ts');

/** A small MCP server that starts in a moment and misbehaves as its arguments say. */
export const TINY = join(REPOSITORY, 'test', 'fixtures', 'programs', 'tiny.mjs');

/** After a manager has ended, in whatever way, nothing of it may live longer. */
const LEFTOVER_MS = 1_000;

/** What a command line answered. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real manager in a process of its own. */
export interface ManagerProcess extends StartedProgram {
  /** By its socket, as every command asks it. */
  readonly control: Control;
  /** Resolves when these services are in these states; the failure tells what they are instead. */
  until(states: Readonly<Record<string, string>>, deadlineMs?: number): Promise<void>;
}

/** A folder with documents, a home and a state of its own, in which real command lines run. */
export interface Workplace {
  readonly folder: string;
  readonly managerId: string;
  readonly stateFolder: string;
  /** For every command line started from now on. */
  readonly environment: Record<string, string>;
  /** Path of a file in the documents folder. */
  path(file: string): string;
  write(file: string, text: string): void;
  /** Writes a document with these services. */
  declare(file: string, services: Readonly<Record<string, unknown>>): void;
  /** Puts a value where `file:NAME` leads. */
  writeSecret(name: string, value: string): void;
  /** `mcp-manager run`, ready to be asked. */
  run(...flags: readonly string[]): Promise<ManagerProcess>;
  /** Any command line, until it ends. */
  cli(...args: readonly string[]): Promise<CliResult>;
  /** A command line that goes on. */
  start(...args: readonly string[]): StartedProgram;
  /** The same by way of another program, such as `['unshare', '--mount']`. */
  startIn(prefix: readonly string[], ...args: readonly string[]): StartedProgram;
  /** Every live process that was started from here, however it was detached. */
  leftovers(): readonly string[];
}

/** Where the services of a workplace run, when not as processes. */
export interface WorkplaceOptions {
  readonly runtime?: 'process' | 'podman' | 'memory';
  /** For every command line, beside what each gets. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Makes a workplace. At the end given (`onTestFinished`, or `afterAll` for a whole file) all that was
 * started ends, and it is an error when a process is left then.
 */
export function createWorkplace(
  atEnd: (end: () => Promise<void>) => void,
  { runtime = 'process', environment: more = {} }: WorkplaceOptions = {},
): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-manager-e2e-'));
  const managerId = `e2e-${crypto.randomUUID().slice(0, 8)}`;
  const started: StartedProgram[] = [];
  const environment = {
    ...toEnvironment(folder, managerId),
    ...(runtime !== 'process' && { BACKEND_ENVIRONMENT: runtime }),
    ...more,
  };
  const stateFolder = join(folder, 'state', 'mcp-manager', managerId);
  const path = (file: string): string => join(folder, 'desired', file);
  mkdirSync(join(folder, 'desired'));
  atEnd(async () => {
    await Promise.all(started.map((program) => program.end()));
    // The one process that shall outlive its manager, where containers do.
    await endKeptRouter(stateFolder);
    const left = await killLeftovers(folder);
    rmSync(folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`left behind:\n${left.join('\n')}`);
  });

  function startIn(prefix: readonly string[], ...args: readonly string[]): StartedProgram {
    const command = [...prefix, process.execPath, MAIN, ...args];
    const program = startProgramIn(folder, { command, environment });
    started.push(program);
    return program;
  }
  const start = (...args: readonly string[]): StartedProgram => startIn([], ...args);
  function write(file: string, text: string): void {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  }
  return {
    folder,
    managerId,
    stateFolder,
    environment,
    path,
    write,
    declare: (file, services) => write(file, toDocument(services)),
    writeSecret: (name, value) => writeSecret(join(stateFolder, 'secrets'), name, value),
    start,
    startIn,
    async cli(...args) {
      const program = start(...args);
      const { code } = await program.exited;
      return { code, stdout: program.stdout(), stderr: program.stderr() };
    },
    async run(...flags) {
      const program = start('run', '--runtime', runtime, ...flags);
      await program.said(/is ready/);
      const control = createSocketClient(join(stateFolder, 'api.sock'));
      return { ...program, control, until: createUntil(control, program) };
    },
    leftovers: () => processesOf(folder).map(({ pid, command }) => `${pid} ${command}`),
  };
}

/** JSON is YAML; one service a line, so that a problem has a place. */
export function toDocument(services: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(services).map(
    ([name, body]) => `  ${name}: ${JSON.stringify(body)}`,
  );
  const head = lines.length === 0 ? 'services: {}' : 'services:';
  return ['apiVersion: mcp-manager/v1', head, ...lines, ''].join('\n');
}

/** A service that runs the tiny program. */
export function tiny(
  modes: readonly string[] = [],
  more: Readonly<Record<string, unknown>> = {},
): { readonly command: readonly string[] } {
  return { command: ['node', TINY, ...modes], ...more };
}

function writeSecret(folder: string, name: string, value: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, name), value, { mode: 0o600 });
}

/** Nothing of the environment of whoever runs the tests but the way to programs. */
function toEnvironment(folder: string, managerId: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    MANAGER_ID: managerId,
    ROUTER_PORT: '0',
    SERVER_PORT: '0',
    LOG_FORMAT: 'text',
  };
}

function createUntil(control: Control, program: StartedProgram): ManagerProcess['until'] {
  return async (states, deadlineMs = 20_000) => {
    await eventually(async () => {
      const { services } = await control.status();
      const found = new Map(services.map((service) => [service.name, service]));
      const words = Object.entries(states).flatMap(([name, state]) => {
        const { state: is = 'gone', cause = '' } = found.get(name) ?? {};
        return is === state ? [] : [`${name} is ${is}, not ${state}: ${cause}`];
      });
      if (words.length === 0) return;
      throw new Error(`${words.join('\n')}\n${program.stderr().slice(-2_000)}`);
    }, deadlineMs);
  };
}

interface LiveProcess {
  readonly pid: number;
  readonly command: string;
}

/** By the folder's name in arguments or environment: programs, shims, router, manager and commands. */
function processesOf(folder: string): readonly LiveProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => [read(pid, 'cmdline'), read(pid, 'environ')].join('\0').includes(folder))
    .map((pid) => ({ pid: Number(pid), command: read(pid, 'cmdline').replaceAll('\0', ' ') }));
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Waits for what ends by itself, kills the rest and answers what that was. */
async function killLeftovers(folder: string): Promise<readonly string[]> {
  const isClean = (): void => {
    if (processesOf(folder).length > 0) throw new Error('not yet');
  };
  await eventually(isClean, LEFTOVER_MS).catch(() => undefined);
  const left = processesOf(folder);
  for (const { pid } of left) kill(pid);
  return left.map(({ pid, command }) => `${pid} ${command}`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
