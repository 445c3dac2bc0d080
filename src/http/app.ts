import { fastify, type FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';
import type { Log } from '../ports.ts';
import { addCommandRoutes } from './commands.ts';
import { addDeclarationRoutes } from './declarations.ts';
import { addEventRoutes } from './events.ts';
import { addHealthRoutes } from './health.ts';
import { addHistoryRoutes } from './history.ts';
import { addImportRoutes } from './imports.ts';
import { addLogRoutes } from './logs.ts';
import { addPlanRoutes } from './plans.ts';
import { toProblemDocument } from './problem-document.ts';
import { addReleaseRoutes } from './releases.ts';
import { addServiceRoutes } from './services.ts';
import { addToolRoutes } from './tools.ts';

/** The largest saved plan that is taken: 1,000 services of 16 KiB with room to spare. */
const LARGEST_BODY_BYTES = 32 * 1024 * 1024;

export interface AppOptions {
  readonly control: Control;
  readonly log: Log;
  readonly version: string;
}

/** The `/v1` API over one Control. Every error is application/problem+json; no body holds a stack. */
export function createApp({ control, log, version }: AppOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: LARGEST_BODY_BYTES,
    // At shutdown the streams of followers are cut: they would never end by themselves.
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('mcp-manager-version', version);
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblemDocument(error);
    if (problem.code === 'INTERNAL') logBug(log, `${request.method} ${request.url}`, error);
    return reply.status(problem.status).type('application/problem+json').send(problem);
  });
  app.setNotFoundHandler((request) => {
    throw Object.assign(new Error(`There is no ${request.method} ${request.url}.`), {
      statusCode: 404,
    });
  });
  addHealthRoutes(app, control);
  addServiceRoutes(app, control);
  addDeclarationRoutes(app, control);
  addToolRoutes(app, control);
  addReleaseRoutes(app, control);
  addLogRoutes(app, control);
  addPlanRoutes(app, control);
  addCommandRoutes(app, control);
  addImportRoutes(app, control);
  addEventRoutes(app, control);
  addHistoryRoutes(app, control);
  return app;
}

function logBug(log: Log, request: string, error: unknown): void {
  const stack = error instanceof Error ? error.stack : String(error);
  log.error({ request, stack }, 'a request failed in a way that nobody thought of');
}
