import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { openTokenFile } from '../../src/adapters/tokens/token-file.ts';
import type { CliHost, OpenManager } from '../../src/cli/host.ts';
import { runCli } from '../../src/cli/program.ts';
import type { ApiControl } from '../../src/api-control.ts';
import { createApp } from '../../src/http/app.ts';
import { listenOnSocket } from '../../src/http/socket.ts';
import type { Documents, Log } from '../../src/ports.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { START_MS } from '../helpers/services.ts';
import { NO_ANSWERS, createFakeControl } from '../http/fake-control.ts';
import { engineFacts } from './engine-facts.ts';
import { createFakeDocuments } from './fake-documents.ts';
import { createFakeInspection } from '../http/fake-inspection.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

export interface CommandOptions {
  /** What answers in this process, where no manager runs. */
  readonly control?: ApiControl;
  readonly openManager?: OpenManager;
  readonly documents?: Documents;
  readonly environment?: CliHost['environment'];
  /** What the person answers; without answers nobody can be asked. */
  readonly answers?: readonly string[];
  readonly isTerminal?: boolean;
  readonly stateFolder?: string;
  readonly signal?: AbortSignal;
  /** What differs from a machine that offers nothing to run services in. */
  readonly machine?: Partial<Machine>;
}

type Machine = Pick<
  CliHost,
  'exists' | 'userId' | 'askSocket' | 'findRouter' | 'endRouter' | 'gatherEngineFacts'
>;

const BARE_MACHINE: Machine = {
  exists: async () => false,
  userId: 1000,
  askSocket: async () => ({ kind: 'absent' }),
  findRouter: async () => undefined,
  endRouter: async () => {},
  gatherEngineFacts: async () => engineFacts(),
};

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** One command line in this process: with a fake manager, in a state folder of its own. */
export async function runCommand(
  line: string,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { answers = [], documents = createFakeDocuments({}), isTerminal = false } = options;
  const stateFolder = options.stateFolder ?? (await createTempFolder());
  const left = [...answers];
  let out = '';
  let err = '';
  const { control = createFakeControl(), openManager = openFake(control) } = options;
  const host: CliHost = {
    terminal: {
      write: (text) => void (out += text),
      writeError: (text) => void (err += text),
      isTerminal,
      canAsk: answers.length > 0,
      columns: 120,
      rows: 40,
      async ask(question) {
        out += question;
        return left.shift() ?? '';
      },
    },
    environment: {
      STATE_DIR: stateFolder,
      BACKEND_ENVIRONMENT: 'memory',
      NO_COLOR: '1',
      SERVER_PORT: '0',
      ...options.environment,
    },
    workingFolder: '/work',
    packageTemplatesFolder: '/work/templates',
    packageTraefikFolder: '/work/traefik/dynamic',
    schemasFolder: join(repository, 'schemas'),
    version: '1.2.3',
    by: 'ada@host',
    clock,
    signal: options.signal ?? new AbortController().signal,
    openDocuments: async () => documents,
    readManagerId: () => readManagerId(documents),
    openLog: async () => quiet,
    openManager,
    openTokens: async (path) => openTokenFile({ path, clock }),
    ...BARE_MACHINE,
    ...options.machine,
  };
  const code = await runCli(line.split(' ').filter(Boolean), host);
  return { code, out, err };
}

async function readManagerId(documents: Documents): Promise<string | undefined> {
  const set = await documents.read(new AbortController().signal);
  return set.ok ? set.managerId : undefined;
}

const clock = (): number => START_MS + 60_000;

function openFake(control: ApiControl): OpenManager {
  return async () => ({
    control,
    audit() {},
    inspection: createFakeInspection(),
    answers: NO_ANSWERS,
    readiness: () => ({ isReady: true, checks: [] }),
    access: {},
    run: async () => {},
    async [Symbol.asyncDispose]() {},
  });
}

/** A fake manager that answers on the socket of a state folder, as `run` would. */
export async function serveManager(control: ApiControl): Promise<{ readonly stateFolder: string }> {
  const stateFolder = await createTempFolder();
  const app = createApp({ control, log: quiet, version: '1.2.3' });
  onTestFinished(async () => {
    await app.close();
  });
  await listenOnSocket(app, join(stateFolder, 'api.sock'));
  return { stateFolder };
}
