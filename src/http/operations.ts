import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiControl } from '../api-control.ts';
import type { Control } from '../control.ts';
import { identityOf } from './access.ts';
import { sendDeclared, toDeclareRequest } from './declare-request.ts';
import { toHistoryLimit } from './history.ts';
import { powerOwner } from './power-owner.ts';
import {
  conditionHeaders,
  countTextSchema,
  nameSchema,
  noBodySchema,
  objectSchema,
  orNothing,
} from './request-schemas.ts';
import { declareResultSchema } from './schemas/declared.ts';
import { journalEntrySchema } from './schemas/journal-entry.ts';
import { driftReportSchema } from './schemas/plan.ts';
import { problems } from './schemas/problem-document.ts';
import { nothing } from './schemas/route-schema.ts';

const params = objectSchema({ name: nameSchema }, ['name']);
const rollbackBody = orNothing(
  objectSchema({ to: { type: 'string', pattern: '^r1-[0-9a-f]{0,64}$' } }),
);

const KINDS = ['restart', 'pause', 'unpause'] as const;

const SUMMARIES = {
  restart: 'Restarts a service',
  pause: 'Leaves a service alone, as it is, until `unpause`',
  unpause: 'Manages a service again',
  stop: 'Switches a service off in its document; it stays off until `start`',
  start: 'Switches a service on in its document',
} as const;

const tags = ['services'];

interface Named {
  readonly Params: { readonly name: string };
}

/** What is done to one service, and what was. */
export function addOperationRoutes(app: FastifyInstance, control: ApiControl): void {
  for (const kind of KINDS) {
    app.post<Named>(`/v1/services/:name/${kind}`, accepted(kind), async (request, reply) => {
      await control.ask({ kind, service: request.params.name, by: identityOf(request) });
      return reply.status(202).send();
    });
  }
  app.post<Named & { Body: { readonly to?: string } | null }>(
    '/v1/services/:name/rollback',
    { schema: { ...ABOUT_ROLLBACK, params, body: rollbackBody } },
    async (request, reply) => {
      const service = request.params.name;
      await control.ask({ ...request.body, kind: 'rollback', service, by: identityOf(request) });
      return reply.status(202).send();
    },
  );
  addPowerRoutes(app, control);
  addLookBackRoutes(app, control);
}

/** `power` is in the document: whose it is decides who may. */
function addPowerRoutes(app: FastifyInstance, control: Control): void {
  for (const [kind, power] of [
    ['stop', 'off'],
    // As it is where nothing is said.
    ['start', null],
  ] as const) {
    const about = {
      ...accepted(kind).schema,
      headers: conditionHeaders,
      response: { 200: declareResultSchema, ...problems(404, 409, 412, 422) },
    };
    app.post<Named>(`/v1/services/:name/${kind}`, { schema: about }, async (request, reply) => {
      const origin = await powerOwner(control, request.params.name);
      const change = { kind: 'merge', fields: { power } } as const;
      const wanted = toDeclareRequest(request, change);
      return sendDeclared(reply, await control.declare({ ...wanted, origin }));
    });
  }
}

function addLookBackRoutes(app: FastifyInstance, control: ApiControl): void {
  app.get<Named & { Querystring: { readonly limit?: string } }>(
    '/v1/services/:name/history',
    { schema: { ...ABOUT_HISTORY, params, querystring: objectSchema({ limit: countTextSchema }) } },
    async ({ params: { name }, query: { limit }, access }) => {
      const workspace = access?.identity.workspace;
      const entries = await control.history({
        service: name,
        ...(workspace !== undefined && { workspace }),
        limit: toHistoryLimit(limit),
      });
      // What is gone has a history still; of what never was, a look says so.
      if (entries.length === 0) await control.drift(name);
      return entries;
    },
  );

  app.get<Named>(
    '/v1/services/:name/drift',
    { schema: { ...ABOUT_DRIFT, params } },
    async ({ params: { name } }: FastifyRequest<Named>) => {
      return { service: name, drift: await control.drift(name) };
    },
  );
}

function accepted(kind: keyof typeof SUMMARIES) {
  const summary = SUMMARIES[kind];
  const response = { 202: nothing, ...problems(404, 409, 501) };
  return {
    schema: { operationId: `${kind}Service`, summary, tags, response, params, body: noBodySchema },
  };
}

const ABOUT_ROLLBACK = {
  operationId: 'rollbackService',
  summary: 'Goes back to the last good release, or to the one that `to` names the beginning of',
  tags,
  response: { 202: nothing, ...problems(404, 409, 501) },
};

const ABOUT_HISTORY = {
  operationId: 'listServiceHistory',
  summary: 'Steps that were done for a service, newest first',
  tags,
  response: { 200: { type: 'array', items: journalEntrySchema }, ...problems(404) },
};

const ABOUT_DRIFT = {
  operationId: 'getServiceDrift',
  summary: 'How what runs differs from what was applied, field by field, by a fresh look',
  tags,
  response: { 200: driftReportSchema, ...problems(404, 504) },
};
