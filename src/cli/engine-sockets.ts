import { join } from 'node:path';
import type { Config, Environment } from '../config.ts';
import type { EngineAnswer } from '../model/engine.ts';

/** A socket where an engine may be, and what answers there. */
export interface EngineFinding {
  readonly socket: string;
  readonly answer: EngineAnswer;
}

export interface SocketOptions {
  readonly environment: Environment;
  /** 0 for root. */
  readonly userId: number;
  readonly askSocket: (socket: string) => Promise<EngineAnswer>;
}

/** The address is no secret of its own, but may hold one: it is not shown. */
export const FOREIGN_HOST = 'CONTAINER_HOST names no socket of this machine (unix:///…)';

/** Every socket where an engine could be, in the order in which they are preferred, each asked once. */
export function findEngines(
  config: Config,
  options: SocketOptions,
): Promise<readonly EngineFinding[]> {
  return Promise.all(
    candidatesOf(config, options).map(async (socket) => ({
      socket,
      answer: await options.askSocket(socket),
    })),
  );
}

/** Whether CONTAINER_HOST leads to another machine: then no other socket is taken in its place. */
export function isForeign({ containerHost }: Config): boolean {
  return containerHost !== undefined && toPath(containerHost) === undefined;
}

/** The socket to serve where none is: as Podman itself chooses. */
export function podmanSocket(config: Config, options: SocketOptions): string {
  return podmanSockets(config, options)[0] ?? SYSTEM_SOCKET;
}

const SYSTEM_SOCKET = '/run/podman/podman.sock';
const DOCKER_SOCKET = '/var/run/docker.sock';

function candidatesOf(config: Config, options: SocketOptions): readonly string[] {
  const docker = config.containerHost === undefined ? [dockerSocket(config)] : [];
  return [...podmanSockets(config, options), ...docker.filter((path) => path !== undefined)];
}

function podmanSockets({ containerHost }: Config, options: SocketOptions): readonly string[] {
  if (containerHost !== undefined) {
    const path = toPath(containerHost);
    return path === undefined ? [] : [path];
  }
  if (options.userId === 0) return [SYSTEM_SOCKET];
  const own = runtimeFolders(options).map((folder) => join(folder, 'podman', 'podman.sock'));
  return [...own, SYSTEM_SOCKET];
}

/** Where Podman has its socket for a user; the last is for one who did not log in by the system's own ways. */
function runtimeFolders({ environment, userId }: SocketOptions): readonly string[] {
  const given = environment['XDG_RUNTIME_DIR'] ?? '';
  if (given !== '') return [given];
  return [`/run/user/${userId}`, `/tmp/podman-run-${userId}`];
}

function dockerSocket({ dockerHost }: Config): string | undefined {
  return dockerHost === undefined ? DOCKER_SOCKET : toPath(dockerHost);
}

function toPath(host: string): string | undefined {
  return /^unix:\/\/(\/.*)$/.exec(host)?.[1];
}
