import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DeclaredChange, DeclareRequest, DeclareResult } from '../model/declaration.ts';
import { identityOf } from './access.ts';
import { conditionsIn } from './etag.ts';

/** A wish about one service, with the conditions that its headers name. */
export function toDeclareRequest(
  request: FastifyRequest<{ Params: { readonly name: string } }>,
  change: DeclaredChange,
): DeclareRequest {
  const workspace = request.access?.identity.workspace;
  return {
    service: request.params.name,
    origin: 'api',
    change,
    by: identityOf(request),
    ...(workspace !== undefined && { workspace }),
    ...conditionsIn(request.headers),
  };
}

/** 201 for what is new, 202 for what goes, with the etag of what is written. */
export function sendDeclared(
  reply: FastifyReply,
  { workspace, ...result }: DeclareResult,
): FastifyReply {
  reply.request.workspace = workspace ?? null;
  if (result.declared) reply.header('etag', `"${result.declared.etag}"`);
  return reply.status(statusOf(result)).send(result);
}

function statusOf({ kind, plan }: DeclareResult): number {
  if (plan) return 200;
  return kind === 'created' ? 201 : kind === 'deleted' ? 202 : 200;
}
