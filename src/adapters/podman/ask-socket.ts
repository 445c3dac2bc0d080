import { stat } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import type { EngineAnswer } from '../../model/engine.ts';

/** A service that systemd starts on the first connection needs a moment on a busy machine. */
const ANSWER_MS = 5_000;

/**
 * Asks once which engine serves a unix socket; costs it nothing. Never rejects. One that a third user put
 * there is not asked: whoever serves it would get what services are given.
 */
export async function askSocket(socketPath: string): Promise<EngineAnswer> {
  const owner = await stat(socketPath).catch(() => undefined);
  if (owner !== undefined && !mayBeTrusted(owner.uid)) return { kind: 'denied' };
  return ping(socketPath);
}

function mayBeTrusted(ownerId: number): boolean {
  const userId = process.getuid?.() ?? 0;
  return userId === 0 || [0, userId].includes(ownerId);
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
