import type { FastifyInstance } from 'fastify';
import type { ApplyRequest, Control, PlanRequest } from '../control.ts';
import { bySchema, countSchema, namesSchema, objectSchema } from './request-schemas.ts';
import { sendNdjson } from './stream.ts';

const planRequestSchema = objectSchema({ names: namesSchema, allowRemovals: countSchema });

// Only the head of a plan is checked here: `apply` holds the whole of it against the world.
const planSchema = {
  type: 'object',
  required: ['formatVersion', 'planId', 'managerId', 'createdAt', 'changes', 'basis'],
  properties: {
    formatVersion: { type: 'string' },
    planId: { type: 'string' },
    managerId: { type: 'string' },
    createdAt: { type: 'string' },
    changes: { type: 'array' },
    basis: { type: 'object' },
  },
} as const;

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
    { schema: { body: applyRequestSchema } },
    ({ body }, reply) => sendNdjson(reply, (signal) => control.apply(body, signal)),
  );
}
