import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { toClientHeaders, toUpstreamHeaders } from './forward-headers.ts';
import type { Upstream } from './upstream.ts';

export interface Passing {
  readonly reply: FastifyReply;
  readonly upstream: Upstream;
  /** Of the client. */
  readonly gone: AbortSignal;
  /** Base URL of who answers. */
  readonly url: string;
  /** What is asked there, without the query, which is that of the request. */
  readonly path: string;
  /** What stands before it in the path that clients ask. */
  readonly publicPrefix: string;
  /** The last word on what is sent. */
  readonly prepare: (headers: IncomingHttpHeaders) => IncomingHttpHeaders;
  readonly sendFailure: (error: Error) => void;
}

/** The request to who answers it, and the answer back, streams untouched. */
export function passOn(passing: Passing): FastifyReply {
  const { reply, upstream, gone, url, path, publicPrefix, prepare, sendFailure } = passing;
  upstream.untilAborted(gone, () => {
    reply.from(path, {
      getUpstream: () => new URL(url).origin,
      // A repeated request could call a tool twice.
      retryDelay: () => null,
      rewriteRequestHeaders: (_request, headers) =>
        prepare(toUpstreamHeaders(headers, reply.request.raw, publicPrefix)),
      rewriteHeaders: (headers) => toClientHeaders(headers, url, publicPrefix),
      onResponse: (_request, _reply, { stream }) => {
        reply.send(stream);
        // An event stream may be silent at first: its headers must not wait for its first event.
        reply.raw.flushHeaders();
      },
      onError: (_reply, { error }) => sendFailure(error),
    });
  });
  return reply;
}

/** Aborts when the client has its answer, or has left. */
export function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
