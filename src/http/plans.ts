import type { FastifyInstance } from 'fastify';
import type { ApplyRequest, Control, PlanRequest } from '../control.ts';
import type { Log } from '../ports.ts';
import { applyKept } from './apply-kept.ts';
import { noteOutcome } from './apply-outcome.ts';
import type { PlanShelf } from './plan-shelf.ts';
import { bySchema, countSchema, namesSchema, objectSchema, orNothing } from './request-schemas.ts';
import { applyMessageSchema, applyResultSchema, planDocumentSchema } from './schemas/plan.ts';
import { problems } from './schemas/problem-document.ts';
import { streamOf } from './schemas/route-schema.ts';
import { sendNdjson } from './stream.ts';

/** The largest saved plan that is taken: 1,000 services of 16 KiB with room to spare. */
const LARGEST_PLAN_BYTES = 32 * 1024 * 1024;
/** Of documents that are only planned: several requests may wait with theirs. */
const LARGEST_DOCUMENTS_BYTES = 2 * 1024 * 1024;
const MOST_DOCUMENTS = 2_000;

const documentsSchema = {
  type: 'object',
  description: 'texts by file name: what would be if these were the documents',
  maxProperties: MOST_DOCUMENTS,
  propertyNames: {
    maxLength: 255,
    pattern: '^([^./\\\\][^/\\\\]*/)*[^./\\\\][^/\\\\]*(?<!\\.lock)\\.ya?ml$',
  },
  additionalProperties: { type: 'string' },
} as const;

const planRequestSchema = orNothing(
  objectSchema({ names: namesSchema, allowRemovals: countSchema, documents: documentsSchema }),
);

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

const params = objectSchema({ id: { type: 'string', pattern: '^[A-Za-z0-9-]{1,64}$' } }, ['id']);
const applyKeptBody = orNothing(
  objectSchema({
    wait: { type: 'boolean', description: 'until converged or failed; else until it has begun' },
  }),
);

const tags = ['plans'];

const ABOUT_PLAN = {
  operationId: 'makePlan',
  summary: 'What would be done now, or with other documents; writes nothing but the kept plan',
  tags,
  response: { 200: planDocumentSchema, ...problems(404, 409, 422, 504) },
};

const ABOUT_KEPT = {
  operationId: 'getPlan',
  summary: 'A plan that was made within the last hour',
  tags,
  response: { 200: planDocumentSchema, ...problems(404) },
};

const ABOUT_APPLY_KEPT = {
  operationId: 'applyPlan',
  summary: 'Approves and carries out a plan, unless what it was made from has moved',
  tags,
  response: {
    200: applyResultSchema,
    202: applyResultSchema,
    ...problems(404, 409, 422, 501, 504),
  },
};

const ABOUT_APPLY = {
  operationId: 'apply',
  summary: 'Approves and carries out a plan that is sent whole, or what would be planned now',
  tags,
  response: {
    200: streamOf('Events, then one result', ['application/x-ndjson'], applyMessageSchema),
    ...problems(404, 409, 422, 501, 504),
  },
};

interface Kept {
  readonly Params: { readonly id: string };
}

export interface PlanRouteOptions {
  readonly control: Control;
  readonly shelf: PlanShelf;
  readonly log: Log;
}

/** A fresh plan; and the approval of one, by its id or whole. */
export function addPlanRoutes(
  app: FastifyInstance,
  { control, shelf, log }: PlanRouteOptions,
): void {
  app.post<{ Body: PlanRequest | null }>(
    '/v1/plan',
    {
      schema: { ...ABOUT_PLAN, body: planRequestSchema },
      bodyLimit: LARGEST_DOCUMENTS_BYTES,
    },
    async ({ body }, reply) => {
      const plan = await control.plan(body ?? {});
      shelf.keep(plan);
      return reply.header('location', `/v1/plans/${plan.planId}`).send(plan);
    },
  );

  app.get<Kept>('/v1/plans/:id', { schema: { ...ABOUT_KEPT, params } }, async (request) =>
    shelf.get(request.params.id),
  );

  app.post<Kept & { Body: { readonly wait?: boolean } | null }>(
    '/v1/plans/:id/apply',
    { schema: { ...ABOUT_APPLY_KEPT, params, body: applyKeptBody } },
    async (request, reply) => {
      const plan = shelf.get(request.params.id);
      const wait = request.body?.wait === true;
      const result = await applyKept(control, { reply, plan, wait });
      return reply.status(wait ? 200 : 202).send(result);
    },
  );

  app.post<{ Body: ApplyRequest }>(
    '/v1/apply',
    { schema: { ...ABOUT_APPLY, body: applyRequestSchema }, bodyLimit: LARGEST_PLAN_BYTES },
    (request, reply) =>
      sendNdjson(reply, log, (signal) => noteOutcome(request, control.apply(request.body, signal))),
  );
}
