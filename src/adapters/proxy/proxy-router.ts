import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AppError, formatError } from '../../errors.ts';
import { formatRoutes, routesGeneration } from '../../model/router-program.ts';
import type { Log, Router } from '../../ports.ts';
import { createRouteWriter } from '../../route-writer.ts';
import { askStatus } from './ask-status.ts';
import { toBaseUrl } from './base-url.ts';
import { chooseKeptPort } from './choose-port.ts';
import { fingerprintOf } from './fingerprint.ts';
import { clearRouter, findRouter, recordRouter } from './kept-router.ts';
import { filesOf, prepareFiles } from './router-files.ts';
import type { RouterFiles, RouterName } from './router-files.ts';
import { adoptRouter, endRouterProcess, failedRouter, spawnRouter } from './router-process.ts';
import type { RouterProcess } from './router-process.ts';
import { readRoutes, writeRoutes } from './routes-file.ts';
import { superviseProgram } from './supervisor.ts';
import type { ProgramState, Supervisor } from './supervisor.ts';

/** Long enough for a restart of the program after a crash; then the step is tried again later. */
const SERVED_WITHIN_MS = 5_000;
const ASK_AGAIN_MS = 50;
const PROGRAM = fileURLToPath(new URL('../../programs/router/main.ts', import.meta.url));
/** The program starts in half a second; on a busy machine the caller goes on and observes. */
const SETTLED_WITHIN_MS = 10_000;

export interface ProxyRouterOptions {
  readonly stateFolder: string;
  /** Default: the embedded router. */
  readonly name?: RouterName;
  readonly host: string;
  /** 0: chosen once and kept in the state folder. */
  readonly port: number;
  /** Where the program asks whose tokens are good; absent: those of nobody. */
  readonly managerSocket?: string;
  /** Where the program leads who asks for the manager's API; absent: to nobody. */
  readonly apiUrl?: string;
  /** By which clients call it, beside addresses and names of this machine; without ports. */
  readonly hostNames?: readonly string[];
  /** What services are reached at from outside, when another address than the router's own. */
  readonly publicBaseUrl?: string;
  /** The program runs on when the router is closed, or its manager is killed; the next one finds it. */
  readonly keep: boolean;
  /** A file with certificates of authorities that are trusted for remote services, too. */
  readonly trusted?: string;
  readonly log: Log;
}

/**
 * The embedded router: our own small program, started and supervised here, told by a routes file.
 * Resolves also when the port is taken: `observe()` then says so, and the program is tried again.
 * A write resolves when the program serves it; else ROUTER_UNAVAILABLE or ROUTER_PORT_TAKEN.
 */
export async function openProxyRouter(options: ProxyRouterOptions): Promise<Router> {
  const { host, log } = options;
  const files = filesOf(options.stateFolder, options.name);
  await prepareFiles(files);
  const port = options.port === 0 ? await chooseKeptPort(files.port, host) : options.port;
  const remotesPort = await chooseKeptPort(files.remotesPort, host);
  const initial = await readRoutes(files.routes, log);
  await writeRoutes(files.routes, formatRoutes(initial));
  const writer = createRouteWriter({
    initial,
    format: (routes) => ({ text: formatRoutes(routes) }),
    write: ({ text }) => writeRoutes(files.routes, text),
    served: (file) => served(file),
  });
  const restore = async (): Promise<void> => {
    await prepareFiles(files);
    await writeRoutes(files.routes, formatRoutes(writer.routes()));
  };
  const begin = await createBeginning(files, { ...options, port, remotesPort, restore });
  const program = superviseProgram({ begin, keep: options.keep, log });
  const served = createServedCheck(program, files.control);
  await Promise.race([program.settled, pause(SETTLED_WITHIN_MS, undefined, { ref: false })]);
  return {
    baseUrl: toBaseUrl({ ...options, port }),
    observe() {
      const state = program.state();
      if (state.kind === 'serving') return { ok: true, routes: writer.routes() };
      return { ok: false, cause: toError(state).message };
    },
    route: (route, signal) => writer.change(route.slug, route, signal),
    unroute: (slug, signal) => writer.change(slug, undefined, signal),
    async openCalls() {
      const status = await askStatus(files.control);
      return status && new Map(Object.entries(status.inFlight));
    },
    async answeredAgoMs(instance) {
      const ago = (await askStatus(files.control))?.answeredAgoMs ?? {};
      return Object.hasOwn(ago, instance) ? ago[instance] : undefined;
    },
    watch: (wake, signal) => program.onChange(wake, signal),
    close: () => program.close(),
  };
}

/** Ends the programs that a manager has left running in its state folder. Answers whether there was one. */
export async function endKeptRouter(
  stateFolder: string,
  names: readonly RouterName[] = ['router', 'remote'],
): Promise<boolean> {
  let any = false;
  for (const name of names) {
    const files = filesOf(stateFolder, name);
    const found = await findRouter(files);
    if (found !== undefined) await endRouterProcess(found.identity);
    any ||= found !== undefined;
    await rm(files.record, { force: true });
  }
  return any;
}

interface BeginningOptions extends ProxyRouterOptions {
  /** Makes the files anew that the program reads, where somebody removed them. */
  readonly restore: () => Promise<void>;
  readonly remotesPort: number;
}

/** Takes over the program that runs where it is the same one; else ends that and starts ours. */
async function createBeginning(
  files: RouterFiles,
  { trusted, log, restore, ...options }: BeginningOptions,
): Promise<() => Promise<RouterProcess>> {
  const { keep } = options;
  const settings = argsOf(files, options);
  const fingerprint = await fingerprintOf([...settings, trusted ?? '']);
  return () => begin().catch((error: unknown) => failedRouter(formatError(error)));

  async function begin(): Promise<RouterProcess> {
    const found = await findRouter(files);
    if (keep && found?.fingerprint === fingerprint) {
      log.info({ pid: found.identity.pid }, 'the router program runs already: it goes on');
      return adoptRouter(found.identity);
    }
    if (found !== undefined) await clearRouter(files, found);
    await restore();
    const args = [PROGRAM, ...settings, '--fingerprint', fingerprint];
    const program = spawnRouter(args, { log, ...(trusted !== undefined && { trusted }) });
    // It only helps to find a program that hangs: without it the router serves all the same.
    if (keep) {
      await recordRouter(files, program.pid).catch((cause: unknown) => {
        log.warn({ file: files.record, cause: String(cause) }, 'the router was not recorded');
      });
    }
    return program;
  }
}

function argsOf(
  { routes, control }: RouterFiles,
  options: Omit<BeginningOptions, 'restore' | 'log' | 'trusted'>,
): readonly string[] {
  const { host, port, remotesPort, keep, managerSocket, apiUrl, hostNames = [] } = options;
  const ports = ['--port', String(port), '--remotes-port', String(remotesPort)];
  const manager = managerSocket === undefined ? [] : ['--manager', managerSocket];
  const api = apiUrl === undefined ? [] : ['--api', apiUrl];
  const names = hostNames.flatMap((name) => ['--host-name', name]);
  const where = ['--routes', routes, '--control', control, ...manager, ...api, '--host', host];
  return [...where, ...names, ...ports, ...(keep ? ['--keep'] : [])];
}

/** Asks until the running program serves the text; a text it is known to serve is not asked again. */
function createServedCheck(
  program: Supervisor,
  controlSocket: string,
): (file: { readonly text: string }) => Promise<void> {
  let known = '';
  return async ({ text }) => {
    const generation = routesGeneration(text);
    const endMs = performance.now() + SERVED_WITHIN_MS;
    for (;;) {
      const state = program.state();
      if (state.kind === 'serving') {
        const served = `${String(state.pid)} ${generation}`;
        if (served === known) return;
        const status = await askStatus(controlSocket);
        if (status?.pid === state.pid && status.generation === generation) {
          known = served;
          return;
        }
      }
      if (state.kind === 'down' && state.portTaken) throw toError(state);
      if (performance.now() >= endMs) throw toError(state);
      await pause(ASK_AGAIN_MS);
    }
  };
}

function toError(state: ProgramState): AppError {
  switch (state.kind) {
    case 'starting':
      return new AppError('ROUTER_UNAVAILABLE', 'the router is starting');
    case 'serving':
      return new AppError('ROUTER_UNAVAILABLE', 'the router does not take its routes file');
    case 'down':
      return state.portTaken
        ? new AppError('ROUTER_PORT_TAKEN', `router: ${state.cause}`, {
            hint: 'end that program, or set ROUTER_PORT to a free port',
          })
        : new AppError('ROUTER_UNAVAILABLE', `the router is down: ${state.cause}`);
  }
}
