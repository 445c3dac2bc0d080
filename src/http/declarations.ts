import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Control } from '../control.ts';
import type { DeclaredChange } from '../model/declaration.ts';
import type { Origin } from '../model/service.ts';
import { identityOf } from './access.ts';
import { powerOwner } from './power-owner.ts';
import { sendDeclared, toDeclareRequest } from './declare-request.ts';
import { conditionsIn, isKnown } from './etag.ts';
import {
  conditionHeaders,
  flagTextSchema,
  freshnessHeaders,
  nameSchema,
  objectSchema,
} from './request-schemas.ts';
import { declaredSchema, declareResultSchema } from './schemas/declared.ts';
import { problems } from './schemas/problem-document.ts';
import { nothing } from './schemas/route-schema.ts';

/** A document of one service is far smaller. */
const LARGEST_DOCUMENT_BYTES = 1024 * 1024;

const schema = {
  params: objectSchema({ name: nameSchema }, ['name']),
  querystring: objectSchema({ dryRun: flagTextSchema }),
} as const;

const transferBody = objectSchema({ to: { type: 'string', enum: ['file', 'api', 'core'] } }, [
  'to',
]);

const WRITE_PROBLEMS = problems(404, 409, 412, 422);
const CONDITIONS = { headers: conditionHeaders };

const ABOUT_DOCUMENT = {
  operationId: 'getDocument',
  summary: 'What the document of a service says, with an ETag for writing it',
  tags: ['services'],
  headers: freshnessHeaders,
  response: { 200: declaredSchema, 304: nothing, ...problems(404) },
};

const ABOUT_PUT = {
  ...CONDITIONS,
  operationId: 'putService',
  summary: 'Declares a service, or replaces all that its document says',
  tags: ['services'],
  response: { 200: declareResultSchema, 201: declareResultSchema, ...WRITE_PROBLEMS },
};

const ABOUT_PATCH = {
  ...CONDITIONS,
  operationId: 'patchService',
  summary: 'Merges fields into what the document of a service says (RFC 7396)',
  tags: ['services'],
  response: { 200: declareResultSchema, ...WRITE_PROBLEMS },
};

const ABOUT_DELETE = {
  ...CONDITIONS,
  operationId: 'deleteService',
  summary: 'Takes a service out of its document',
  tags: ['services'],
  response: { 200: declareResultSchema, 202: declareResultSchema, ...WRITE_PROBLEMS },
};

const ABOUT_TRANSFER = {
  ...CONDITIONS,
  operationId: 'transferService',
  summary: 'Gives a service another owner; its address stays',
  tags: ['services'],
  response: { 200: declareResultSchema, 201: declareResultSchema, ...WRITE_PROBLEMS },
};

interface Asked {
  readonly Params: { readonly name: string };
  readonly Querystring: { readonly dryRun?: 'true' | 'false' };
  readonly Body: Readonly<Record<string, unknown>>;
}

/**
 * Documents of services that belong to the API. `GET …/document` answers what is written, with an ETag;
 * PUT replaces all fields, PATCH merges some (RFC 7396), DELETE takes the service out. `If-Match` and
 * `If-None-Match` as in RFC 9110; `?dryRun=true` writes nothing and answers the plan.
 */
export function addDeclarationRoutes(app: FastifyInstance, control: Control): void {
  const options = { schema, bodyLimit: LARGEST_DOCUMENT_BYTES };
  const withBody = (about: object) => ({
    ...options,
    schema: { ...about, ...schema, body: { type: 'object' } },
  });

  const declare = async (
    request: FastifyRequest<Asked>,
    reply: FastifyReply,
    change: DeclaredChange,
  ): Promise<FastifyReply> => {
    const dryRun = request.query.dryRun === 'true';
    const wanted = toDeclareRequest(request, change);
    // As `stop` and `start` do.
    const origin = isPower(change) ? await powerOwner(control, wanted.service) : wanted.origin;
    const result = await control.declare({ ...wanted, origin, ...(dryRun && { dryRun }) });
    return sendDeclared(reply, result);
  };

  app.get<Asked>(
    '/v1/services/:name/document',
    { schema: { ...ABOUT_DOCUMENT, params: schema.params } },
    async ({ params, headers }, reply) => {
      const declared = await control.declared(params.name);
      const etag = `"${declared.etag}"`;
      reply.header('etag', etag);
      return isKnown(etag, headers['if-none-match'])
        ? reply.status(304).send()
        : reply.send(declared);
    },
  );
  app.put<Asked>('/v1/services/:name', withBody(ABOUT_PUT), (request, reply) =>
    declare(request, reply, { kind: 'put', fields: request.body }),
  );
  app.patch<Asked>('/v1/services/:name', withBody(ABOUT_PATCH), (request, reply) =>
    declare(request, reply, { kind: 'merge', fields: request.body }),
  );
  app.delete<Asked>(
    '/v1/services/:name',
    { ...options, schema: { ...ABOUT_DELETE, ...schema } },
    (request, reply) => declare(request, reply, { kind: 'delete' }),
  );
  addTransferRoute(app, control);
}

function addTransferRoute(app: FastifyInstance, control: Control): void {
  app.post<Pick<Asked, 'Params'> & { Body: { readonly to: Origin } }>(
    '/v1/services/:name/transfer',
    { schema: { ...ABOUT_TRANSFER, params: schema.params, body: transferBody } },
    async (request, reply) => {
      const { name: service } = request.params;
      const { to } = request.body;
      const wanted = { service, to, by: identityOf(request), ...conditionsIn(request.headers) };
      return sendDeclared(reply, await control.transfer(wanted));
    },
  );
}

/** Whether nothing else is asked for. */
function isPower(change: DeclaredChange): boolean {
  return change.kind === 'merge' && Object.keys(change.fields).join() === 'power';
}
