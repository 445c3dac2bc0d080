import type { EngineInfo } from '../../model/engine.ts';
import { type Engine, openEngine } from './engine.ts';

/** What the engine on a socket says of itself. Throws an EngineError when it does not within the time. */
export async function readInfo(socket: string, deadlineMs: number): Promise<EngineInfo> {
  const engine = openEngine({ socket, deadlineMs });
  try {
    return await askInfo(engine, new AbortController().signal);
  } finally {
    engine.close();
  }
}

/** Half a second of the engine's time. */
export async function askInfo(engine: Engine, signal: AbortSignal): Promise<EngineInfo> {
  const call = { signal, what: 'ask the engine about itself', urgency: 'look' } as const;
  return toInfo(await engine.libpod(call, { method: 'GET', path: '/info' }));
}

/** `podman info --format json` answers the same object. What is missing in it reads as unknown. */
export function toInfo(answer: unknown): EngineInfo {
  const { host, store, version } = isInfo(answer) ? answer : {};
  return {
    version: version?.Version ?? 'unknown',
    rootless: host?.security?.rootless === true,
    storageDriver: store?.graphDriverName ?? 'unknown',
    storageFolder: store?.graphRoot ?? '',
    cgroups: host?.cgroupVersion === 'v2' ? 'v2' : 'v1',
    controllers: host?.cgroupControllers ?? [],
    ociRuntime: host?.ociRuntime?.name ?? 'unknown',
    networkBackend: host?.networkBackend ?? 'unknown',
  };
}

function isInfo(answer: unknown): answer is PodmanInfo {
  return typeof answer === 'object' && answer !== null;
}

/** As far as it is read here. */
interface PodmanInfo {
  readonly host?: {
    readonly cgroupVersion?: string;
    readonly cgroupControllers?: readonly string[] | null;
    readonly ociRuntime?: { readonly name?: string };
    readonly networkBackend?: string;
    readonly security?: { readonly rootless?: boolean };
  };
  readonly store?: { readonly graphDriverName?: string; readonly graphRoot?: string };
  readonly version?: { readonly Version?: string };
}
