import type { FastifyInstance } from 'fastify';
import planDocumentSchema from '../../schemas/plan.schema.json' with { type: 'json' };
import type { ApplyRequest, Control, PlanRequest } from '../control.ts';
import { bySchema, countSchema, namesSchema, objectSchema } from './request-schemas.ts';
import { sendNdjson } from './stream.ts';

/** The largest saved plan that is taken: 1,000 services of 16 KiB with room to spare. */
const LARGEST_PLAN_BYTES = 32 * 1024 * 1024;

const planRequestSchema = objectSchema({ names: namesSchema, allowRemovals: countSchema });

// The validator of requests knows no dialects: it is told what `$schema` says by `ajv` itself.
const { $schema: _dialect, ...planSchema } = planDocumentSchema;

const applyRequestSchema = objectSchema(
  {
    names: namesSchema,
    plan: planSchema,
    allowRemovals: countSchema,
    wait: { type: 'boolean' },
    by: bySchema,
  },
  ['wait', 'by'],
);

/** A fresh plan; and the approval of one, answered by a stream of events and one result. */
export function addPlanRoutes(app: FastifyInstance, control: Control): void {
  app.post<{ Body: PlanRequest }>('/v1/plan', { schema: { body: planRequestSchema } }, ({ body }) =>
    control.plan(body),
  );

  app.post<{ Body: ApplyRequest }>(
    '/v1/apply',
    { schema: { body: applyRequestSchema }, bodyLimit: LARGEST_PLAN_BYTES },
    ({ body }, reply) => sendNdjson(reply, (signal) => control.apply(body, signal)),
  );
}
