import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Route, RouteTarget } from '../../model/route.ts';
import { sendNoTarget, sendRouteNotFound, sendUpstreamError } from './answers.ts';
import { createTargetChooser } from './choose-target.ts';
import { basePathOf, toClientHeaders, toUpstreamHeaders } from './forward-headers.ts';
import type { InFlight } from './in-flight.ts';
import { parsePublicPath, PUBLIC_PREFIX } from './public-path.ts';
import type { RouteTable } from './route-table.ts';
import { createUpstream } from './upstream.ts';
import type { Upstream } from './upstream.ts';

/** The public side: `/mcp/<slug>` and all below it to the targets of the table, streams untouched. */
export function createPublicApp({
  table,
  inFlight,
}: {
  readonly table: RouteTable;
  readonly inFlight: InFlight;
}): FastifyInstance {
  const upstream = createUpstream();
  const chooseTarget = createTargetChooser();
  const app = fastify({ forceCloseConnections: 'idle' });
  // Fastify would read text/plain into memory, up to a limit; the library passes on all that is left.
  app.removeAllContentTypeParsers();
  app.setNotFoundHandler((request, reply) => sendRouteNotFound(reply, pathOf(request)));
  app.addHook('onClose', () => upstream.close());
  void app.register(httpProxy, {
    prefix: PUBLIC_PREFIX,
    upstream: '',
    replyOptions: { getUpstream: () => '' },
    internalRewriteLocationHeader: false,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the library's types ask for undici's whole signature and use only this part of it
    undici: upstream as never,
    handler(request, reply) {
      const path = parsePublicPath(request.url);
      const route = path && table.find(path.slug);
      if (path === undefined || route === undefined) {
        return sendRouteNotFound(reply, pathOf(request));
      }
      const target = chooseTarget(route, sessionOf(request));
      if (target === undefined) return sendNoTarget(reply, route.service);
      inFlight.enter(target.instance, reply.raw);
      const inside = `${basePathOf(target.url)}${path.rest ?? route.path}`;
      return forward({ reply, upstream, route, target, path: inside });
    },
  });
  return app;
}

interface Forwarding {
  readonly reply: FastifyReply;
  readonly upstream: Upstream;
  readonly route: Route;
  readonly target: RouteTarget;
  readonly path: string;
}

function forward({ reply, upstream, route, target, path }: Forwarding): FastifyReply {
  const publicPrefix = `${PUBLIC_PREFIX}/${route.slug}`;
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  upstream.untilAborted(gone.signal, () => {
    reply.from(path, {
      getUpstream: () => new URL(target.url).origin,
      // A repeated request could call a tool twice.
      retryDelay: () => null,
      rewriteRequestHeaders: (_request, headers) =>
        toUpstreamHeaders(headers, reply.request.raw, publicPrefix),
      rewriteHeaders: (headers) => toClientHeaders(headers, target.url, publicPrefix),
      onResponse: (_request, _reply, { stream }) => {
        reply.send(stream);
        // An event stream may be silent at first: its headers must not wait for its first event.
        reply.raw.flushHeaders();
      },
      onError: (_reply, { error }) => void sendUpstreamError(reply, route.service, error),
    });
  });
  return reply;
}

function sessionOf(request: FastifyRequest): string | undefined {
  const id = request.headers['mcp-session-id'];
  return Array.isArray(id) ? id[0] : id;
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}
