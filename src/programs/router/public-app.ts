import type { IncomingHttpHeaders } from 'node:http';
import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Route, RouteTarget } from '../../model/route.ts';
import { METADATA_PATH } from '../../model/router-program.ts';
import {
  sendNobodySays,
  sendNoTarget,
  sendRefusal,
  sendRouteNotFound,
  sendUpstreamError,
} from './answers.ts';
import type { ManagerLine } from './ask-manager.ts';
import { createTargetChooser } from './choose-target.ts';
import { basePathOf, toClientHeaders, toUpstreamHeaders } from './forward-headers.ts';
import { createGate, type Exchange, type Gate } from './gate.ts';
import type { InFlight } from './in-flight.ts';
import { parsePublicPath, PUBLIC_PREFIX } from './public-path.ts';
import type { RouteTable } from './route-table.ts';
import { createUpstream } from './upstream.ts';
import type { Upstream } from './upstream.ts';

/** The public side: `/mcp/<slug>` and all below it to the targets of the table, streams untouched. */
export function createPublicApp({
  table,
  inFlight,
  manager,
}: {
  readonly table: RouteTable;
  readonly inFlight: InFlight;
  readonly manager: ManagerLine;
}): FastifyInstance {
  const upstream = createUpstream();
  const chooseTarget = createTargetChooser();
  const gate = createGate(manager);
  const app = fastify({ forceCloseConnections: 'idle' });
  // Fastify would read text/plain into memory, up to a limit; the library passes on all that is left.
  app.removeAllContentTypeParsers();
  app.setNotFoundHandler((request, reply) => sendRouteNotFound(reply, pathOf(request)));
  app.addHook('onClose', () => upstream.close());
  app.get(`${METADATA_PATH}/:slug`, async (request, reply) => {
    const answer = await manager.ask({ path: request.url });
    if (!answer) return sendNobodySays(reply, 'it');
    return sendRefusal(reply, answer);
  });
  void app.register(httpProxy, {
    prefix: PUBLIC_PREFIX,
    upstream: '',
    replyOptions: { getUpstream: () => '' },
    internalRewriteLocationHeader: false,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the library's types ask for undici's whole signature and use only this part of it
    undici: upstream as never,
    async handler(request, reply) {
      const path = parsePublicPath(request.url);
      const route = path && table.find(path.slug);
      if (path === undefined || route === undefined) {
        return sendRouteNotFound(reply, pathOf(request));
      }
      const stay = await admit(gate, route, { request, reply });
      if (stay === undefined) return reply;
      const target = chooseTarget(route, sessionOf(request));
      if (target === undefined) return sendNoTarget(reply, route.service);
      inFlight.enter(target.instance, reply.raw);
      const inside = `${basePathOf(target.url)}${path.rest ?? route.path}`;
      return forward({ reply, upstream, route, target, path: inside, stay });
    },
  });
  return app;
}

/** Watches over an exchange that goes on. */
type Stay = (exchange: Exchange) => void;

/** Undefined when the request was refused, and answered. */
async function admit(
  gate: Gate,
  route: Route,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<Stay | undefined> {
  const { auth } = route;
  if (!auth) return () => undefined;
  const { authorization } = request.headers;
  const caller = { route: { ...route, auth }, authorization, client: request.ip };
  const verdict = await gate.admit(caller);
  switch (verdict.kind) {
    case 'open':
      return (exchange) => gate.watch(caller, verdict, exchange);
    case 'closed':
      void sendRefusal(reply, verdict.answer);
      return undefined;
    case 'unknown':
      void sendNobodySays(reply, route.service);
      return undefined;
  }
}

interface Forwarding {
  readonly stay: Stay;
  readonly reply: FastifyReply;
  readonly upstream: Upstream;
  readonly route: Route;
  readonly target: RouteTarget;
  readonly path: string;
}

function forward({ reply, upstream, route, target, path, stay }: Forwarding): FastifyReply {
  const publicPrefix = `${PUBLIC_PREFIX}/${route.slug}`;
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  stay({ gone: gone.signal, end: () => reply.raw.destroy() });
  upstream.untilAborted(gone.signal, () => {
    reply.from(path, {
      getUpstream: () => new URL(target.url).origin,
      // A repeated request could call a tool twice.
      retryDelay: () => null,
      rewriteRequestHeaders: (_request, headers) =>
        toUpstreamHeaders(withoutOurs(headers, route), reply.request.raw, publicPrefix),
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

/** A token for the way to a server is none of the server's: it could use it elsewhere. */
function withoutOurs(headers: IncomingHttpHeaders, { auth }: Route): IncomingHttpHeaders {
  if (!auth || auth.passToken) return headers;
  const { authorization: _ours, ...kept } = headers;
  return kept;
}

function sessionOf(request: FastifyRequest): string | undefined {
  const id = request.headers['mcp-session-id'];
  return Array.isArray(id) ? id[0] : id;
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}
