import { chmod, mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';

/** `sun_path` of unix(7) holds 108 bytes, the last of them a zero. */
const LONGEST_SOCKET_PATH_BYTES = 107;

/**
 * Serves the API on a unix socket that only its owner can open. A socket left by a dead manager is
 * replaced; one that answers throws LEASE_HELD. Closing the app removes it.
 */
export async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  checkSocketPath(path);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await answers(path)) {
    throw new AppError('LEASE_HELD', `another manager answers on ${path}`, {
      hint: 'stop it first, or give this one a STATE_DIR of its own',
    });
  }
  await rm(path, { force: true });
  await app.listen({ path });
  await chmod(path, 0o600);
}

/** Throws CONFIG_INVALID where the operating system would cut the path short. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= LONGEST_SOCKET_PATH_BYTES) return;
  throw new AppError(
    'CONFIG_INVALID',
    `the socket's path has ${bytes} bytes, and a system takes at most ${LONGEST_SOCKET_PATH_BYTES}: ${path}`,
    { hint: 'set STATE_DIR to a folder with a shorter path' },
  );
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answered: boolean) => () => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}
