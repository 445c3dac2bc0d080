import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Control } from '../control.ts';
import type { DeclaredChange, DeclareRequest, DeclareResult } from '../model/declaration.ts';
import { formatIdentity } from '../model/access.ts';
import { isKnown, strongEtagsIn } from './etag.ts';
import { flagTextSchema, nameSchema, objectSchema } from './request-schemas.ts';

/** A document of one service is far smaller. */
const LARGEST_DOCUMENT_BYTES = 1024 * 1024;

const schema = {
  params: objectSchema({ name: nameSchema }, ['name']),
  querystring: objectSchema({ dryRun: flagTextSchema }),
} as const;

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
  app.addContentTypeParser(
    'application/merge-patch+json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );

  const declare = async (
    request: FastifyRequest<Asked>,
    reply: FastifyReply,
    change: DeclaredChange,
  ): Promise<DeclareResult> => {
    const result = await control.declare(toRequest(request, change));
    if (result.declared) reply.header('etag', `"${result.declared.etag}"`);
    return reply.status(statusOf(result)).send(result);
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
  app.delete<Asked>('/v1/services/:name', options, (request, reply) =>
    declare(request, reply, { kind: 'delete' }),
  );
}

function toRequest(
  { params, query, headers, access }: FastifyRequest<Asked>,
  change: DeclaredChange,
): DeclareRequest {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  return {
    service: params.name,
    origin: 'api',
    change,
    by: access === null ? 'the API' : formatIdentity(access.identity),
    ...(match !== undefined && { ifMatch: match.trim() === '*' ? 'any' : strongEtagsIn(match) }),
    ...(noneMatch?.trim() === '*' && { ifNew: true }),
    ...(query.dryRun === 'true' && { dryRun: true }),
  };
}

function statusOf({ kind, plan }: DeclareResult): number {
  if (plan) return 200;
  return kind === 'created' ? 201 : kind === 'deleted' ? 202 : 200;
}
