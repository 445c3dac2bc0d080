import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Control } from '../control.ts';
import type { DeclaredChange } from '../model/declaration.ts';
import type { Origin } from '../model/service.ts';
import { identityOf } from './access.ts';
import { sendDeclared, toDeclareRequest } from './declare-request.ts';
import { isKnown } from './etag.ts';
import { flagTextSchema, nameSchema, objectSchema } from './request-schemas.ts';

/** A document of one service is far smaller. */
const LARGEST_DOCUMENT_BYTES = 1024 * 1024;

const schema = {
  params: objectSchema({ name: nameSchema }, ['name']),
  querystring: objectSchema({ dryRun: flagTextSchema }),
} as const;

const transferBody = objectSchema({ to: { type: 'string', enum: ['file', 'api', 'core'] } }, [
  'to',
]);

const ABOUT_TRANSFER = {
  operationId: 'transferService',
  summary: 'Gives a service another owner; its address stays',
  tags: ['services'],
  response: { 200: { type: 'object' } },
};

interface Asked {
  readonly Params: { readonly name: string };
  readonly Querystring: { readonly dryRun?: 'true' | 'false' };
  readonly Body: Readonly<Record<string, unknown>>;
}

/**
 * Documents of services that belong to the API. `GET …/document` answers what is written, with an ETag;
 * PUT replaces all fields, PATCH merges some (RFC 7396), DELETE takes the service out. `If-Match` and
 * `If-None-Match: *` as in RFC 9110; `?dryRun=true` writes nothing and answers the plan.
 */
export function addDeclarationRoutes(app: FastifyInstance, control: Control): void {
  const options = { schema, bodyLimit: LARGEST_DOCUMENT_BYTES };
  const bodySchema = { ...schema, body: { type: 'object' } };
  const withBody = { ...options, schema: bodySchema };
  const declare = async (
    request: FastifyRequest<Asked>,
    reply: FastifyReply,
    change: DeclaredChange,
  ): Promise<FastifyReply> => {
    const dryRun = request.query.dryRun === 'true';
    const wanted = toDeclareRequest(request, change);
    return sendDeclared(reply, await control.declare({ ...wanted, ...(dryRun && { dryRun }) }));
  };

  app.get<Asked>('/v1/services/:name/document', options, async ({ params, headers }, reply) => {
    const declared = await control.declared(params.name);
    const etag = `"${declared.etag}"`;
    reply.header('etag', etag);
    return isKnown(etag, headers['if-none-match'])
      ? reply.status(304).send()
      : reply.send(declared);
  });
  app.put<Asked>('/v1/services/:name', withBody, (request, reply) =>
    declare(request, reply, { kind: 'put', fields: request.body }),
  );
  app.patch<Asked>('/v1/services/:name', withBody, (request, reply) =>
    declare(request, reply, { kind: 'merge', fields: request.body }),
  );
  app.post<Pick<Asked, 'Params'> & { Body: { readonly to: Origin } }>(
    '/v1/services/:name/transfer',
    { schema: { ...ABOUT_TRANSFER, params: schema.params, body: transferBody } },
    async (request, reply) => {
      const { name: service } = request.params;
      const { to } = request.body;
      return sendDeclared(reply, await control.transfer({ service, to, by: identityOf(request) }));
    },
  );
  app.delete<Asked>('/v1/services/:name', options, (request, reply) =>
    declare(request, reply, { kind: 'delete' }),
  );
}
