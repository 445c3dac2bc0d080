import { join } from 'node:path';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';

export interface RuntimeFinding {
  readonly runtime: 'kubernetes' | 'podman' | 'docker';
  readonly found: string;
}

export interface DetectOptions {
  readonly environment: Config['environment'];
  readonly exists: (path: string) => Promise<boolean>;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** What this machine offers, in the order in which it is preferred (design §8). */
export async function detectRuntimes(options: DetectOptions): Promise<readonly RuntimeFinding[]> {
  const { exists } = options;
  const candidates = candidatesOf(options);
  const present = await Promise.all(candidates.map(({ found }) => exists(found)));
  return candidates.filter((_candidate, index) => present[index]);
}

/** The config with the runtime filled in, or RUNTIME_UNSUPPORTED that says what to do. */
export async function chooseRuntime(config: Config, options: DetectOptions): Promise<Config> {
  if (config.runtime !== undefined) return config;
  const [best] = await detectRuntimes(options);
  const why =
    best === undefined
      ? 'no runtime was chosen, and none was found'
      : `${best.runtime} was found (${best.found}), but it comes with a later version`;
  throw new AppError('RUNTIME_UNSUPPORTED', why, {
    hint: 'to try it out with child processes: `--runtime process`, or BACKEND_ENVIRONMENT=process',
  });
}

function candidatesOf({ environment }: DetectOptions): readonly RuntimeFinding[] {
  const userFolder = environment['XDG_RUNTIME_DIR'] ?? '';
  const inCluster = (environment['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
  return [
    ...(inCluster ? [{ runtime: 'kubernetes', found: SERVICE_ACCOUNT } as const] : []),
    ...(userFolder === ''
      ? []
      : [{ runtime: 'podman', found: join(userFolder, 'podman', 'podman.sock') } as const]),
    { runtime: 'podman', found: '/run/podman/podman.sock' },
    { runtime: 'docker', found: '/var/run/docker.sock' },
  ];
}
