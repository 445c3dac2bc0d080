import { rm } from 'node:fs/promises';
import { request as sendRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { REMOTES_PATH } from '../../model/remote.ts';
import type { RemoteCommand } from '../../model/remote.ts';
import type { RouterStatus } from '../../model/router-program.ts';
import type { Remotes } from './remotes.ts';

const STATUS_PATH = '/.router/status';
/** A healthy router answers in a millisecond. */
const ANSWER_WITHIN_MS = 1_000;

/**
 * Answers the status on a unix socket, each time about the routes file as it is now, and takes commands
 * about remote services: no other way leads the values of their headers into this process.
 */
export async function openControl(
  socket: string,
  { status, remotes }: { readonly status: () => Promise<RouterStatus>; readonly remotes: Remotes },
): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: true });
  app.get(STATUS_PATH, status);
  app.get(REMOTES_PATH, () => remotes.list());
  app.post<{ Body: RemoteCommand }>(REMOTES_PATH, ({ body }) => remotes.perform(body));
  await rm(socket, { force: true });
  await app.listen({ path: socket });
  return app;
}

/** Whether a router still answers on the socket: one of ours that is about to end. */
export async function isOurRouterThere(socket: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  sendRequest({ socketPath: socket, path: STATUS_PATH, signal }, (response) => {
    json(response).then(
      () => resolve(response.statusCode === 200),
      () => resolve(false),
    );
  })
    .on('error', () => resolve(false))
    .end();
  return promise;
}
