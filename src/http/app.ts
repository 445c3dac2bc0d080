import type { Socket } from 'node:net';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Answers, Audit, RouteAuthority } from '../access-ports.ts';
import type { ApiControl } from '../api-control.ts';
import { accessTo } from '../model/access.ts';
import type { ApiMetrics, Readiness } from '../metrics-ports.ts';
import type { Log } from '../ports.ts';
import { decorateAccess, fullAccess, LOCAL } from './access.ts';
import { addAudit } from './audit.ts';
import { addCommandRoutes } from './commands.ts';
import { addDeclarationRoutes } from './declarations.ts';
import { addDocsRoutes } from './docs.ts';
import { addEventRoutes } from './events.ts';
import { addGuard, type GuardOptions } from './guard.ts';
import { addHealthRoutes } from './health.ts';
import { addHistoryRoutes } from './history.ts';
import { addIdempotency } from './idempotency.ts';
import { addImportRoutes } from './imports.ts';
import { addLogRoutes } from './logs.ts';
import { addOperationRoutes } from './operations.ts';
import { createPlanShelf, type PlanShelf } from './plan-shelf.ts';
import { addMetrics } from './metrics.ts';
import { takeOnlyNamed } from './named-only.ts';
import { addPlanRoutes } from './plans.ts';
import { isOfPlatform, toErrorAnswer } from './platform/error-answer.ts';
import { addPlatformRoutes } from './platform/routes.ts';
import type { PlatformOptions } from './platform/write.ts';
import { retryAfterS, toProblemDocument } from './problem-document.ts';
import { readJson } from './read-json.ts';
import { addReadyRoute } from './ready.ts';
import { addReleaseRoutes } from './releases.ts';
import { addRouteAuth } from './route-auth.ts';
import { toSchemaError } from './schema-error.ts';
import { addServiceRoutes } from './services.ts';
import { tellFailure } from './tell-failure.ts';
import { addTemplateRoutes } from './templates.ts';
import { addToolRoutes } from './tools.ts';
import { addWhoamiRoute } from './whoami.ts';

/** Of a document, with room to spare; a route that takes more says so. */
const LARGEST_BODY_BYTES = 1024 * 1024;
/** Names of the platform have 256 characters, and nine in a path for each. */
const LONGEST_PARAMETER = 4_096;
/** Until a request is there as a whole: clients that send slowly hold no place for long. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const LOOK_FOR_SLOW_MS = 5_000;
/** Open at a time, streams included. */
const MOST_CONNECTIONS = 2_000;

export interface AppOptions {
  readonly control: ApiControl;
  readonly log: Log;
  readonly version: string;
  /** Absent on the local socket: who can open it may do everything. */
  readonly guard?: GuardOptions;
  readonly audit?: Audit;
  /** Absent: without the routes of the platform. */
  readonly platform?: Omit<PlatformOptions, 'control' | 'version'>;
  /** Absent: no key of a client has a meaning. */
  readonly answers?: Answers;
  /** Shared by all that serve the same manager; absent: one of its own. */
  readonly plans?: PlanShelf;
  /** Absent: whoever answers is ready. */
  readonly readiness?: () => Readiness;
  /** Absent: nothing is counted. */
  readonly metrics?: ApiMetrics;
  /** Absent: no token is enough for a service that asks for one. */
  readonly routeAuth?: RouteAuthority;
}

/**
 * The `/v1` API over one Control, with errors as application/problem+json, and beside it the platform's, with
 * errors of its own form. No body holds a stack.
 */
export function createApp(options: AppOptions): FastifyInstance {
  const { log, version } = options;
  const app = fastify({
    bodyLimit: LARGEST_BODY_BYTES,
    // At shutdown the streams of followers are cut: they would never end by themselves.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    // What no route can be looked for, as its path cannot be read.
    frameworkErrors: (error, request, reply) => {
      answerError(log, error, request, reply);
    },
    clientErrorHandler: answerNoRequest,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: LOOK_FOR_SLOW_MS },
    schemaErrorFormatter: toSchemaError,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  readJson(app);
  // Schemas of answers describe, and take nothing away.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('mcp-manager-version', version);
  });
  app.setErrorHandler((error, request, reply) => answerError(log, error, request, reply));
  app.setNotFoundHandler((request) => {
    throw Object.assign(new Error(`There is no ${request.method} ${request.url}.`), {
      statusCode: 404,
    });
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  takeOnlyNamed(app);
  addAccess(app, options);
  // The first, so that it hears of all others.
  addDocsRoutes(app, version);
  addReadyRoute(app, options.readiness ?? (() => ({ isReady: true, checks: [] })));
  addMetrics(app, options.metrics ?? { answered: () => {}, text: async () => '' });
  addRoutes(app, options);
  addRouteAuth(app, options.routeAuth);
  return app;
}

/** In the form of whoever is spoken to. */
function answerError(
  log: Log,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = tellFailure(log, request, error);
  const afterS = retryAfterS(problem);
  if (afterS !== undefined) reply.header('retry-after', String(afterS));
  if (isOfPlatform(request)) {
    const answer = toErrorAnswer(error, problem, request);
    return reply.status(answer.code).type('application/json').send(answer);
  }
  return reply.status(problem.status).type('application/problem+json').send(problem);
}

/** What is no HTTP, too long or too slow never becomes a request: it is answered as it lies on the wire. */
function answerNoRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (socket.destroyed || !socket.writable) return;
  const statusCode = NO_REQUEST_STATUS[error.code ?? ''] ?? 400;
  const problem = toProblemDocument(Object.assign(new Error(NO_REQUEST), { statusCode }));
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${statusCode} ${problem.title}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const NO_REQUEST = 'This is no request that can be read.';
const NO_REQUEST_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Before any route: who asks is known to all of them. */
function addAccess(app: FastifyInstance, options: AppOptions): void {
  const { control, guard, audit, answers, platform } = options;
  decorateAccess(app);
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) requireAccess(one, url);
  });
  if (audit) addAudit(app, { audit, ...(platform && { inspection: platform.inspection }) });
  if (guard) addGuard(app, control, guard);
  else {
    app.addHook('onRequest', async (request) => {
      request.access = fullAccess(LOCAL);
    });
  }
  if (answers) addIdempotency(app, answers);
}

/** A route of which nobody has said who may call it is a mistake of ours. */
function requireAccess(method: string, url: string): void {
  // The answer to a page that asks whether it may ask is given by the guard.
  if (method === 'OPTIONS' || accessTo(method, url) !== undefined) return;
  throw new Error(`${method} ${url} stands not in the table of src/model/access.ts`);
}

function addRoutes(app: FastifyInstance, options: AppOptions): void {
  const { control, log, platform, version, plans = createPlanShelf() } = options;
  addHealthRoutes(app, control);
  addWhoamiRoute(app);
  addServiceRoutes(app, control);
  addDeclarationRoutes(app, control);
  addOperationRoutes(app, control);
  addToolRoutes(app, control);
  addTemplateRoutes(app, control);
  addReleaseRoutes(app, control);
  addLogRoutes(app, control, log);
  addPlanRoutes(app, { control, shelf: plans, log });
  addCommandRoutes(app, control);
  addImportRoutes(app, control);
  addEventRoutes(app, control, log);
  addHistoryRoutes(app, control);
  if (platform) addPlatformRoutes(app, { ...platform, control, version });
}
