import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';
import { countTextSchema, nameSchema, objectSchema } from './request-schemas.ts';
import { journalEntrySchema } from './schemas/journal-entry.ts';

const DEFAULT_LIMIT = 50;
/** More than a person reads; keeps one answer below a few megabytes. */
const HIGHEST_LIMIT = 10_000;

/** How many entries are answered where so many are asked for. */
export function toHistoryLimit(limit: string | undefined): number {
  return Math.min(Number(limit ?? DEFAULT_LIMIT), HIGHEST_LIMIT);
}

const ABOUT_HISTORY = {
  operationId: 'listHistory',
  summary: 'Steps that were done, newest first',
  tags: ['history'],
  response: { 200: { type: 'array', items: journalEntrySchema } },
};

interface Query {
  readonly service?: string;
  readonly limit?: string;
}

/** Steps that were done, newest first. */
export function addHistoryRoutes(app: FastifyInstance, control: Control): void {
  const querystring = objectSchema({ service: nameSchema, limit: countTextSchema });
  app.get<{ Querystring: Query }>(
    '/v1/history',
    { schema: { ...ABOUT_HISTORY, querystring } },
    async (request) => {
      const { service, limit } = request.query;
      const workspace = request.access?.identity.workspace;
      return control.history({
        ...(service !== undefined && { service }),
        ...(workspace !== undefined && { workspace }),
        limit: toHistoryLimit(limit),
      });
    },
  );
}
