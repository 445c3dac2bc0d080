import { request as sendRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import { REMOTES_PATH } from '../../model/remote.ts';
import type { RemoteAnswer, RemoteCommand, RemoteReport } from '../../model/remote.ts';

/** A healthy program answers in a millisecond. */
const ANSWER_WITHIN_MS = 2_000;
const ASK_AGAIN_MS = 50;

/** What the router program holds now; undefined when no program is there, and so nothing. Throws ROUTER_UNAVAILABLE. */
export async function listRemotes(
  socket: string,
  signal: AbortSignal,
): Promise<readonly RemoteReport[] | undefined> {
  try {
    return await send<readonly RemoteReport[]>({ socket, withinMs: ANSWER_WITHIN_MS }, signal);
  } catch (error) {
    if (isNobodyThere(error)) return undefined;
    throw toAppError(error);
  }
}

/** Gives a command to the router program; one that is just starting is waited for. Throws ROUTER_UNAVAILABLE. */
export async function commandRemote(
  { socket, startsWithinMs }: { readonly socket: string; readonly startsWithinMs: number },
  command: RemoteCommand,
  signal: AbortSignal,
): Promise<RemoteAnswer> {
  const withinMs = ANSWER_WITHIN_MS + (command.kind === 'stop' ? command.graceMs : 0);
  const endMs = performance.now() + startsWithinMs;
  for (;;) {
    try {
      return await send<RemoteAnswer>({ socket, withinMs, command }, signal);
    } catch (error) {
      if (!isNobodyThere(error) || performance.now() >= endMs) throw toAppError(error);
    }
    await pause(ASK_AGAIN_MS, undefined, { signal });
  }
}

interface Message {
  readonly socket: string;
  readonly withinMs: number;
  /** Absent: what is there is asked for. */
  readonly command?: RemoteCommand;
}

async function send<T>({ socket, withinMs, command }: Message, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = {
    socketPath: socket,
    path: REMOTES_PATH,
    // A connection that was kept may be to a program that has ended since.
    agent: false,
    signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
    ...(command && { method: 'POST', headers: { 'content-type': 'application/json' } }),
  };
  sendRequest(options, resolve)
    .on('error', reject)
    .end(command && JSON.stringify(command));
  const response = await promise;
  const body = await json(response);
  // A program of a version before there were remote services: there is none for them.
  if (response.statusCode === 404) throw Object.assign(new Error('too old'), { code: 'ENOENT' });
  if (response.statusCode !== 200) throw new Error(`it answered ${response.statusCode}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program answers
  return body as T;
}

function isNobodyThere(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

/** The command is not told: it holds the values of headers. */
function toAppError(error: unknown): AppError {
  if (isNobodyThere(error)) {
    return new AppError('ROUTER_UNAVAILABLE', 'no router program is there to reach it', {
      hint: 'remote services are served while `mcp-manager run` is up',
    });
  }
  const cause = error instanceof Error ? error.message : String(error);
  return new AppError('ROUTER_UNAVAILABLE', `the router program does not answer: ${cause}`);
}
