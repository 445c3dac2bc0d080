import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import { toUrlHost } from '../model/host-name.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: chosen by the system. */
  readonly port: number;
}

/** Serves the API over TCP and answers its URL. Throws API_PORT_TAKEN, and CONFIG_INVALID for a foreign address. */
export async function listenOnPort(
  app: FastifyInstance,
  { host, port }: ListenOptions,
): Promise<string> {
  await app.listen({ host, port }).catch((cause: unknown) => {
    throw toListenError(cause, `${toUrlHost(host)}:${port}`);
  });
  const bound = app.server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return `http://${toUrlHost(host)}:${boundPort}`;
}

function toListenError(cause: unknown, place: string): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  if (cause.code === 'EADDRINUSE') {
    return new AppError('API_PORT_TAKEN', `another program listens on ${place}`, {
      cause,
      hint: 'end it, or give the API another port in SERVER_PORT',
    });
  }
  return new AppError('CONFIG_INVALID', `the API cannot listen on ${place}: ${cause.message}`, {
    cause,
    hint: 'set SERVER_HOST to an address of this machine, and SERVER_PORT to a port that this user may open',
  });
}
