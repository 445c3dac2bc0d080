import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../metrics-ports.ts';
import { objectSchema } from './request-schemas.ts';

const checkSchema = objectSchema(
  {
    name: {
      type: 'string',
      enum: ['store', 'documents', 'lease', 'passes', 'runtime', 'router', 'broker', 'core'],
    },
    of: { type: 'string', description: 'Of several runtimes: which one' },
    state: { type: 'string', enum: ['ok', 'waiting', 'failing'] },
    needed: { type: 'boolean', description: 'Whether the manager is ready only with it' },
  },
  ['name', 'state', 'needed'],
);

const readinessSchema = objectSchema(
  {
    status: { type: 'string', enum: ['ready', 'not ready'] },
    checks: { type: 'array', items: checkSchema },
  },
  ['status', 'checks'],
);

const schema = {
  operationId: 'getReadiness',
  summary: 'Whether the manager does its work, and what is missing',
  tags: ['manager'],
  response: { 200: readinessSchema, 503: readinessSchema },
} as const;

/** Whether the manager does its work: 200, or 503 that names what is not; for whoever asks, without a token. */
export function addReadyRoute(app: FastifyInstance, readiness: () => Readiness): void {
  app.get('/ready', { schema }, async (_request, reply) => {
    const { isReady, checks } = readiness();
    return reply.status(isReady ? 200 : 503).send({
      status: isReady ? 'ready' : 'not ready',
      checks: checks.map(({ name, of, state, isNeeded }) => ({
        name,
        ...(of !== undefined && { of }),
        state,
        needed: isNeeded,
      })),
    });
  });
}
