import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticator } from '../access-ports.ts';
import type { Control } from '../control.ts';
import { AppError } from '../errors.ts';
import { formatIdentity } from '../model/access.ts';
import { hostOf, isLoopbackHost } from '../model/host-name.ts';
import { admit, admitToService, isForAll } from './admit.ts';
import { addressOf, clientOf } from './client-address.ts';
import { createHostCheck } from './hosts.ts';
import { isReading } from './reading.ts';
import { createWorkspaceLookup } from './workspaces.ts';

/** Some hundred a second: far above what a page or a script asks, far below what keeps a core busy. */
const MOST_PER_WINDOW = 5_000;
const WINDOW_MS = 10_000;
/** Clients that are counted apart at a time. */
const MOST_CLIENTS = 5_000;
/** As the schemas of requests have it. */
const LONGEST_BY = 200;

/** Who may call over the network, and from where. */
export interface GuardOptions {
  /** Absent: everybody may do everything. */
  readonly authenticator?: Authenticator;
  /** Whether an address is that of a service: without an authenticator it is refused. */
  readonly isOfService?: (address: string) => Promise<boolean>;
  /** Names of this machine that it does not know by itself, without ports. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may call; exact. */
  readonly corsOrigins: readonly string[];
  /** Requests that one address may make within ten seconds. */
  readonly mostRequests?: number;
}

/** Everything that stands between the network and the routes, in this order; the local socket has none of it. */
export function addGuard(app: FastifyInstance, control: Control, options: GuardOptions): void {
  const {
    authenticator,
    isOfService,
    allowedHosts,
    corsOrigins,
    mostRequests = MOST_PER_WINDOW,
  } = options;
  const isOwnHost = createHostCheck(allowedHosts);
  const workspaces = createWorkspaceLookup(control);
  const admission = {
    workspaces,
    ...(authenticator && { authenticator }),
  };

  async function guard(guarded: FastifyInstance): Promise<void> {
    guarded.addHook('onRequest', async (request, reply) => {
      addSecurityHeaders(reply);
      checkHost(request, isOwnHost);
      checkOrigin(request, corsOrigins);
    });
    await guarded.register(cors, toCorsOptions(corsOrigins));
    await guarded.register(rateLimit, { global: false, cache: MOST_CLIENTS });
    const count = guarded.createRateLimit({
      max: mostRequests,
      timeWindow: WINDOW_MS,
      keyGenerator: clientOf,
    });
    guarded.addHook('onRequest', async (request, reply) => {
      const counted = await count(request);
      if (!counted.isAllowed && counted.isExceeded) throw tooMany(request, reply, counted);
      if (!authenticator && isOfService && !isForAll(request))
        await refuseServices(request, isOfService);
      await admit(request, reply, admission);
    });
    guarded.addHook('preValidation', (request) => admitToService(request, 'path'));
    guarded.addHook('preHandler', async (request) => {
      await admitToService(request, 'body');
      signBody(request);
    });
    // Before its answer goes: who wrote sees it at once.
    guarded.addHook('onSend', async ({ method }, { statusCode }) => {
      if (!isReading(method) && statusCode < 400) workspaces.forget();
    });
  }

  void app.register(Object.assign(guard, { [Symbol.for('skip-override')]: true }));
}

/** Answers are data for programs: no page, frame or cache has any use of them. */
function addSecurityHeaders(reply: FastifyReply): void {
  void reply.headers({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
}

function checkHost(request: FastifyRequest, isOwnHost: (header: string) => boolean): void {
  const { host = '' } = request.headers;
  if (isOwnHost(host)) return;
  request.isRefused = true;
  throw new AppError('HOST_REFUSED', `this is not ${JSON.stringify(hostOf(host))}`, {
    hint: 'call it by an address of this machine, or name the host in ALLOWED_HOSTS',
  });
}

/** Without tokens whoever reaches the API may do everything, but never what it manages. */
async function refuseServices(
  request: FastifyRequest,
  isOfService: (address: string) => Promise<boolean>,
): Promise<void> {
  const { peer, behind } = addressOf(request);
  const asked = [peer, ...behind].filter((address) => !isLoopbackHost(address));
  const ofServices = await Promise.all(asked.map(isOfService));
  if (!ofServices.includes(true)) return;
  request.isRefused = true;
  throw new AppError('FORBIDDEN', 'services may not call this', {
    hint: 'without AUTH_MODE=off they may, with a token',
  });
}

/** A page may send what it may not read; without tokens that would be enough. */
function checkOrigin(request: FastifyRequest, allowed: readonly string[]): void {
  const { origin, host } = request.headers;
  if (origin === undefined || allowed.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  request.isRefused = true;
  throw new AppError('FORBIDDEN', 'pages of other origins may not call this', {
    hint: 'name the origin in CORS_ALLOWED_ORIGINS, with CORS_ENABLED=true',
  });
}

function toCorsOptions(origins: readonly string[]) {
  return {
    origin: origins.length === 0 ? false : [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders: CORS_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    credentials: origins.length > 0,
  };
}

/** What pages may read of an answer beside its body. */
const EXPOSED_HEADERS = [
  'Content-Length',
  'ETag',
  'Idempotency-Replayed',
  'Location',
  'Retry-After',
  'WWW-Authenticate',
];
const CORS_HEADERS =
  'Origin,Content-Type,Accept,Authorization,If-Match,If-None-Match,Idempotency-Key,Last-Event-ID'.split(
    ',',
  );

function tooMany(
  request: FastifyRequest,
  reply: FastifyReply,
  { ttlInSeconds }: { readonly ttlInSeconds: number },
): AppError {
  request.isRefused = true;
  reply.header('retry-after', String(ttlInSeconds));
  return new AppError('TOO_MANY_REQUESTS', 'too many requests from this address', {
    hint: `wait ${ttlInSeconds} s`,
  });
}

/** What history says of who asked is what is known here, not what the client says. */
function signBody({ access, body }: FastifyRequest): void {
  if (!access || typeof body !== 'object' || body === null || !('by' in body)) return;
  body.by = formatIdentity(access.identity).slice(0, LONGEST_BY);
}
