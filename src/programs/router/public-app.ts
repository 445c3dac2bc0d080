import type { IncomingHttpHeaders } from 'node:http';
import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hostOf, isOwnHost } from '../../model/host-name.ts';
import type { Route, RouteTarget } from '../../model/route.ts';
import { METADATA_PATH } from '../../model/router-program.ts';
import {
  sendHostRefused,
  sendNobodySays,
  sendNoTarget,
  sendRefusal,
  sendRouteNotFound,
  sendUpstreamError,
} from './answers.ts';
import type { ManagerLine } from './ask-manager.ts';
import { createTargetChooser } from './choose-target.ts';
import { basePathOf } from './forward-headers.ts';
import { createGate, type Exchange, type Gate } from './gate.ts';
import type { InFlight } from './in-flight.ts';
import { createManagerApi } from './manager-api.ts';
import { passOn, untilGone } from './pass-on.ts';
import { parsePublicPath, PUBLIC_PREFIX } from './public-path.ts';
import type { RouteTable } from './route-table.ts';
import { createUpstream } from './upstream.ts';
import type { Upstream } from './upstream.ts';

export interface PublicAppOptions {
  readonly table: RouteTable;
  readonly inFlight: InFlight;
  readonly manager: ManagerLine;
  /** By which clients call, beside addresses and names of this machine. */
  readonly hostNames: ReadonlySet<string>;
  /** Where the manager's API is; absent: it is not served here. */
  readonly apiUrl?: string | undefined;
}

/**
 * The public side: `/mcp/<slug>` and all below it to the targets of the table, streams untouched; with
 * `apiUrl` whatever else is asked to the manager's API, `/api/mcp/…` without that prefix.
 */
export function createPublicApp(options: PublicAppOptions): FastifyInstance {
  const { manager, apiUrl, hostNames } = options;
  const upstream = createUpstream();
  const app = fastify({ forceCloseConnections: 'idle' });
  // Fastify would read text/plain into memory, up to a limit; the library passes on all that is left.
  app.removeAllContentTypeParsers();
  app.setNotFoundHandler((request, reply) => sendRouteNotFound(reply, pathOf(request)));
  app.addHook('onRequest', async ({ headers: { host = '' } }, reply) => {
    if (!isOwnHost(host, hostNames)) return sendHostRefused(reply, hostOf(host));
  });
  app.addHook('onClose', () => upstream.close());
  app.get(`${METADATA_PATH}/:slug`, async (request, reply) => {
    const answer = await manager.ask({ path: request.url });
    if (!answer) return sendNobodySays(reply, 'it');
    return sendRefusal(reply, answer);
  });
  const routed = createRoutedHandler(upstream, options);
  void app.register(httpProxy, {
    ...proxyOptions(upstream),
    prefix: PUBLIC_PREFIX,
    handler: routed,
  });
  if (apiUrl !== undefined) {
    const handler = createManagerApi({ upstream, url: apiUrl });
    void app.register(httpProxy, { ...proxyOptions(upstream), prefix: '', handler });
  }
  return app;
}

function proxyOptions(upstream: Upstream) {
  return {
    upstream: '',
    replyOptions: { getUpstream: () => '' },
    internalRewriteLocationHeader: false,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the library's types ask for undici's whole signature and use only this part of it
    undici: upstream as never,
  };
}

function createRoutedHandler(upstream: Upstream, { table, inFlight, manager }: PublicAppOptions) {
  const chooseTarget = createTargetChooser();
  const gate = createGate(manager);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const path = parsePublicPath(request.url);
    const route = path && table.find(path.slug);
    if (path === undefined || route === undefined) return sendRouteNotFound(reply, pathOf(request));
    const stay = await admit(gate, route, { request, reply });
    // Who has left meanwhile would be counted as there for ever.
    if (stay === undefined || reply.raw.destroyed) return reply;
    const target = chooseTarget(route, sessionOf(request));
    if (target === undefined) return sendNoTarget(reply, route.service);
    inFlight.enter(target.instance, reply.raw);
    const inside = `${basePathOf(target.url)}${path.rest ?? route.path}`;
    return forward({ reply, upstream, route, target, path: inside, stay });
  };
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
  const gone = untilGone(reply);
  stay({ gone, end: () => reply.raw.destroy() });
  return passOn({
    reply,
    upstream,
    gone,
    url: target.url,
    path,
    publicPrefix: `${PUBLIC_PREFIX}/${route.slug}`,
    prepare: (headers) => withoutOurs(headers, route),
    sendFailure: (error) => void sendUpstreamError(reply, route.service, error),
  });
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
