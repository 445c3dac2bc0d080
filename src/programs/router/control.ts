import { rm } from 'node:fs/promises';
import { request as sendRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { RouterStatus } from '../../model/router-program.ts';

const STATUS_PATH = '/.router/status';
/** A healthy router answers in a millisecond. */
const ANSWER_WITHIN_MS = 1_000;

/** Answers the status on a unix socket; each answer is about the routes file as it is now. */
export async function openControl(
  socket: string,
  status: () => Promise<RouterStatus>,
): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: true });
  app.get(STATUS_PATH, status);
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
