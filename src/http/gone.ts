import type { FastifyReply } from 'fastify';

/** Aborts when the client has its answer, or has left; at once where it left before this was asked. */
export function goneOf({ raw }: FastifyReply): AbortSignal {
  if (raw.destroyed) return AbortSignal.abort();
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}
