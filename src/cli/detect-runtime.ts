import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import {
  type EngineFinding,
  findEngines,
  FOREIGN_HOST,
  isForeign,
  podmanSocket,
  type SocketOptions,
} from './engine-sockets.ts';

/** What this machine offers for services to run in. */
export interface Detection {
  /** The path of this pod's service account, inside a cluster. */
  readonly serviceAccount?: string;
  readonly engines: readonly EngineFinding[];
}

export interface DetectOptions extends SocketOptions {
  readonly exists: (path: string) => Promise<boolean>;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Looks for all runtimes at once; nothing is started. */
export async function detectRuntimes(config: Config, options: DetectOptions): Promise<Detection> {
  const inCluster = (options.environment['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
  const [hasAccount, engines] = await Promise.all([
    inCluster ? options.exists(SERVICE_ACCOUNT) : false,
    findEngines(config, options),
  ]);
  return { ...(hasAccount && { serviceAccount: SERVICE_ACCOUNT }), engines };
}

/**
 * The config with the runtime filled in, and for Podman its socket. As asked for, else the in-cluster
 * service account, a Podman socket that answers, a Docker socket (design §8); RUNTIME_UNSUPPORTED says
 * what to do. Asked for, Podman is chosen also while its socket does not answer.
 */
export async function chooseRuntime(config: Config, options: DetectOptions): Promise<Config> {
  if (config.runtime !== undefined && config.runtime !== 'podman') return config;
  return decideRuntime(config, await detectRuntimes(config, options), options);
}

/** The same from what was found already. Pure. */
export function decideRuntime(
  config: Config,
  { serviceAccount, engines }: Detection,
  options: SocketOptions,
): Config {
  if (config.runtime !== undefined && config.runtime !== 'podman') return config;
  const asked = config.runtime === 'podman';
  if (serviceAccount !== undefined && !asked) throw comesLater('kubernetes', serviceAccount);
  const podman = engines.find(({ answer }) => isEngine(answer, 'podman'));
  if (podman !== undefined) return withSocket(config, podman.socket);
  if (isForeign(config)) throw noRuntime(FOREIGN_HOST);
  if (asked) return withSocket(config, requireOwn(podmanSocket(config, options), engines));
  const docker = engines.find(({ answer }) => isEngine(answer, 'docker'));
  throw docker === undefined ? noRuntime(sayEngines(engines)) : comesLater('docker', docker.socket);
}

/** Whoever serves another user's socket could answer anything, and would be given every secret. */
function requireOwn(socket: string, engines: readonly EngineFinding[]): string {
  const denied = engines.filter(({ answer }) => answer.kind === 'denied');
  if (denied.some((engine) => engine.socket === socket)) throw noRuntime(sayEngines(denied));
  return socket;
}

/** Each socket that is there, with what is wrong with it; empty when there is none. */
export function sayEngines(engines: readonly EngineFinding[]): string {
  return engines
    .flatMap(({ socket, answer }) => {
      switch (answer.kind) {
        case 'absent':
          return [];
        case 'answers':
          return [`${answer.engine} at ${socket}`];
        case 'denied':
          return [`${socket} belongs to another user`];
        case 'silent':
          return [`${socket} is there, but ${answer.cause}`];
      }
    })
    .join('; ');
}

function isEngine(answer: EngineFinding['answer'], engine: 'podman' | 'docker'): boolean {
  return answer.kind === 'answers' && answer.engine === engine;
}

function withSocket(config: Config, engineSocket: string): Config {
  return { ...config, runtime: 'podman', engineSocket };
}

function comesLater(runtime: string, found: string): AppError {
  return new AppError(
    'RUNTIME_UNSUPPORTED',
    `${runtime} was found (${found}), but it comes with a later version`,
    { hint: 'start Podman beside it (`mcp-manager doctor` says how), or try `--runtime process`' },
  );
}

function noRuntime(found: string): AppError {
  const why = found === '' ? 'none was found' : `none answers: ${found}`;
  return new AppError('RUNTIME_UNSUPPORTED', `no runtime was chosen, and ${why}`, {
    hint: 'start Podman (`mcp-manager doctor` says how), or try it out with child processes: `--runtime process`, or BACKEND_ENVIRONMENT=process',
  });
}
