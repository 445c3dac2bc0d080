import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';
import { countTextSchema, nameSchema, objectSchema } from './request-schemas.ts';

const DEFAULT_LIMIT = 50;
/** More than a person reads; keeps one answer below a few megabytes. */
const HIGHEST_LIMIT = 10_000;

interface Query {
  readonly service?: string;
  readonly limit?: string;
}

/** Steps that were done, newest first. */
export function addHistoryRoutes(app: FastifyInstance, control: Control): void {
  const querystring = objectSchema({ service: nameSchema, limit: countTextSchema });
  app.get<{ Querystring: Query }>('/v1/history', { schema: { querystring } }, ({ query }) => {
    const { service, limit = DEFAULT_LIMIT } = query;
    return control.history({
      ...(service !== undefined && { service }),
      limit: Math.min(Number(limit), HIGHEST_LIMIT),
    });
  });
}
