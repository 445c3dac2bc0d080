#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import type { Config } from './config.ts';
import type { CliHost } from './cli/host.ts';
import type { Terminal } from './cli/terminal.ts';

// First of all: what is imported from here on starts several times faster the next time.
enableCompileCache();

/** A terminal that tells no size. */
const DEFAULT_COLUMNS = 100;
const DEFAULT_ROWS = 24;
/** What a shell answers for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

await main();

/** Command line in, exit code out. The only place with signals, argv and `process.exit`. */
async function main(): Promise<void> {
  const [{ runCli }, host] = await Promise.all([import('./cli/program.ts'), createHost()]);
  const code = await runCli(process.argv.slice(2), host);
  process.stdout.write('', () => process.exit(code));
}

/**
 * The first signal asks for an orderly end, the second one does not wait for it. A reader that has
 * seen enough (`| head`) asks for the same; a log that nobody reads is no reason to end.
 */
function endBySignal(): AbortSignal {
  const ending = new AbortController();
  const end = (): void => {
    if (ending.signal.aborted) process.exit(INTERRUPTED);
    ending.abort();
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  process.stdout.on('error', () => ending.abort());
  process.stderr.on('error', () => {});
  return ending.signal;
}

async function createHost(): Promise<CliHost> {
  const [{ VERSION }, { hostname, userInfo }, { fileURLToPath }, { access }] = await Promise.all([
    import('./version.ts'),
    import('node:os'),
    import('node:url'),
    import('node:fs/promises'),
  ]);
  const inPackage = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  return {
    terminal: createTerminal(),
    environment: process.env,
    workingFolder: process.cwd(),
    packageTemplatesFolder: inPackage('../templates'),
    packageTraefikFolder: inPackage('../traefik/dynamic'),
    schemasFolder: inPackage('../schemas'),
    version: VERSION,
    by: `${loginName(userInfo)}@${hostname()}`,
    clock: Date.now,
    signal: endBySignal(),
    openDocuments: async (config) =>
      (await import('./adapters/folder/documents.ts')).openFolderDocuments(config),
    readManagerId: async ({ desiredFolder }) =>
      (await import('./adapters/folder/manager-id.ts')).readManagerId(desiredFolder),
    openLog,
    openManager: async (config, log, options) =>
      (await import('./wire.ts')).openManager(config, log, options),
    openTokens,
    endRouter: async (stateFolder) =>
      void (await (await import('./adapters/proxy/proxy-router.ts')).endKeptRouter(stateFolder)),
    exists: (path) => isDone(access(path)),
    userId: process.getuid?.() ?? 0,
    askSocket: async (socket) =>
      (await import('./adapters/podman/ask-socket.ts')).askSocket(socket),
    async findRouter(stateFolder) {
      const [{ findRouter }, { filesOf }] = await Promise.all([
        import('./adapters/proxy/kept-router.ts'),
        import('./adapters/proxy/router-files.ts'),
      ]);
      return (await findRouter(filesOf(stateFolder)))?.identity.pid;
    },
    gatherEngineFacts: async (socket) =>
      (await import('./adapters/podman/gather-facts.ts')).gatherEngineFacts({
        environment: process.env,
        ...(socket !== undefined && { socket }),
      }),
  };
}

/** In a container the user's number may have no name. */
function loginName(userInfo: () => { readonly username: string }): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

function isDone(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

async function openTokens(path: string) {
  const { openTokenFile } = await import('./adapters/tokens/token-file.ts');
  return openTokenFile({ path, clock: Date.now });
}

async function openLog({ logLevel, logFormat }: Config) {
  const { createLog } = await import('./log.ts');
  return createLog({
    level: logLevel,
    format: logFormat ?? (process.stderr.isTTY ? 'text' : 'json'),
    write: (line) => void process.stderr.write(line),
  });
}

function createTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    write: (text) => void stdout.write(text),
    writeError: (text) => void stderr.write(text),
    isTerminal: stdout.isTTY,
    canAsk: stdin.isTTY && stdout.isTTY,
    // Asked anew each time: a window changes.
    get columns() {
      return stdout.columns ?? DEFAULT_COLUMNS;
    },
    get rows() {
      return stdout.rows ?? DEFAULT_ROWS;
    },
    async ask(question, signal) {
      const { createInterface } = await import('node:readline/promises');
      using lines = createInterface({ input: stdin, output: stdout });
      const ended = new Promise<string>((resolve) => void lines.once('close', () => resolve('')));
      return await Promise.race([lines.question(question, { signal }), ended]);
    },
  };
}
