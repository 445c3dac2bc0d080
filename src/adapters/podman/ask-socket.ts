import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import type { EngineAnswer } from '../../model/engine.ts';

/** A service that systemd starts on the first connection needs a moment on a busy machine. */
const ANSWER_MS = 5_000;

/**
 * Asks once which engine serves a unix socket; costs it nothing. Never rejects. One that a third user put
 * there is not asked: whoever serves it would get what services are given.
 */
export async function askSocket(socketPath: string): Promise<EngineAnswer> {
  if (!(await isTrusted(socketPath))) return { kind: 'denied' };
  return ping(socketPath);
}

/** Whether nobody but root and this user could put another socket in its place. What is not there is nobody's. */
async function isTrusted(socketPath: string): Promise<boolean> {
  const userId = process.getuid?.() ?? 0;
  if (userId === 0) return true;
  const real = await realpath(socketPath).catch(() => socketPath);
  const places = new Set([...upwards(socketPath), ...upwards(real)]);
  const seen = await Promise.all([...places].map((place) => lstat(place).catch(() => undefined)));
  return seen.every((place) => place === undefined || isKeptFrom(place, userId));
}

/** A path and every folder above it, `/` left out. */
function upwards(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [path, ...upwards(folder)];
}

function isKeptFrom(place: Stats, userId: number): boolean {
  if (![0, userId].includes(place.uid)) return false;
  // In a sticky folder nobody removes what is somebody else's.
  return !place.isDirectory() || (place.mode & 0o002) === 0 || (place.mode & 0o1000) !== 0;
}

function ping(socketPath: string): Promise<EngineAnswer> {
  const { promise, resolve } = Promise.withResolvers<EngineAnswer>();
  const signal = AbortSignal.timeout(ANSWER_MS);
  const call = request({ socketPath, path: '/_ping', agent: false, signal });
  call.once('response', (response) => {
    response.resume();
    resolve(toAnswer(response));
  });
  call.once('error', (error) => resolve(toFailure(error)));
  call.end();
  return promise;
}

function toAnswer({ statusCode, headers }: IncomingMessage): EngineAnswer {
  if (statusCode !== 200) return { kind: 'silent', cause: `it answers ${statusCode}` };
  // Only Podman's own API has it, also behind a socket that is named after Docker.
  const isPodman = headers['libpod-api-version'] !== undefined;
  return { kind: 'answers', engine: isPodman ? 'podman' : 'docker' };
}

function toFailure({ code = '', message }: NodeJS.ErrnoException): EngineAnswer {
  if (['ENOENT', 'ENOTDIR'].includes(code)) return { kind: 'absent' };
  if (['EACCES', 'EPERM'].includes(code)) return { kind: 'denied' };
  if (code === 'ECONNREFUSED') return { kind: 'silent', cause: 'nobody serves it' };
  if (code !== 'ABORT_ERR') return { kind: 'silent', cause: message };
  return { kind: 'silent', cause: `no answer within ${ANSWER_MS / 1000} s` };
}
