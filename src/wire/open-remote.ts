import { filesOf } from '../adapters/proxy/router-files.ts';
import { listRemotes } from '../adapters/remote/ask-program.ts';
import { createRemoteRuntime, type RemoteProgram } from '../adapters/remote/runtime.ts';
import type { OpenOptions } from '../cli/host.ts';
import type { Config } from '../config.ts';
import type { Log, Router, Runtime } from '../ports.ts';
import { programOptions } from './open-router.ts';

/** It starts in half a second, on a busy machine in some. */
const STARTS_WITHIN_MS = 10_000;

/** Who opens the runtime of remote services, and what for. */
interface RemoteOpening {
  readonly stateFolder: string;
  readonly log: Log;
  readonly mode: OpenOptions['mode'];
}

/**
 * Services that run elsewhere, reached through our router program: the embedded router, or one that is
 * started with the first of them where another router carries the rest. It lives as that one would;
 * undefined where it is not there to be told anything and nobody starts it.
 */
export async function openRemote(
  config: Config,
  opening: RemoteOpening,
): Promise<Runtime | undefined> {
  const { stateFolder, mode } = opening;
  const isEmbedded = config.router === 'embedded';
  const socket = filesOf(stateFolder, isEmbedded ? 'router' : 'remote').control;
  const allowed = config.policy.allowedRemoteAddresses;
  const runs = mode === 'auto' || mode === 'approve';
  if (mode === 'alone' && !(await isThere(socket))) return undefined;
  if (isEmbedded && runs) await endOther(stateFolder);
  const program = !isEmbedded && runs && (await openProgram(config, opening));
  const startsWithinMs = runs ? STARTS_WITHIN_MS : 0;
  return createRemoteRuntime({ socket, allowed, startsWithinMs, ...(program && { program }) });
}

async function isThere(socket: string): Promise<boolean> {
  const held = listRemotes(socket, new AbortController().signal);
  return (await held.catch(() => undefined)) !== undefined;
}

/** The program for remote services is of no use: another router carries them, or there are none. */
async function endOther(stateFolder: string): Promise<void> {
  const { endKeptRouter } = await import('../adapters/proxy/proxy-router.ts');
  await endKeptRouter(stateFolder, ['remote']);
}

/** Supervised from the first service on; one that a manager has left is taken over at once. */
async function openProgram(
  config: Config,
  { stateFolder, log }: RemoteOpening,
): Promise<RemoteProgram> {
  const watchers = new Set<{ readonly wake: () => void; readonly signal: AbortSignal }>();
  let opened: Promise<Router> | undefined;
  const open = async (): Promise<Router> => {
    const { openProxyRouter } = await import('../adapters/proxy/proxy-router.ts');
    const place = { stateFolder, name: 'remote', host: '127.0.0.1', port: 0 } as const;
    const router = await openProxyRouter({ ...place, ...programOptions(config), log });
    for (const { wake, signal } of watchers) router.watch(wake, signal);
    return router;
  };
  const files = filesOf(stateFolder, 'remote');
  const socket = files.control;
  const { findRouter } = await import('../adapters/proxy/kept-router.ts');
  if ((await findRouter(files)) !== undefined) opened = open();
  await opened;
  return {
    async begin() {
      opened ??= open();
      await opened;
    },
    watch(wake, signal) {
      watchers.add({ wake, signal });
      void opened?.then((router) => router.watch(wake, signal));
    },
    async close() {
      await (await opened)?.close();
      const held = await listRemotes(socket, new AbortController().signal).catch(() => undefined);
      if (held?.length === 0) await endOther(stateFolder);
    },
  };
}
