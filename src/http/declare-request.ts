import type { FastifyReply, FastifyRequest } from 'fastify';
import type {
  DeclaredChange,
  DeclareRequest,
  DeclareResult,
  WriteConditions,
} from '../model/declaration.ts';
import { identityOf } from './access.ts';
import { strongEtagsIn } from './etag.ts';

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
    ...conditionsOf(request),
  };
}

/** What its headers bind a write to (RFC 9110 §13). */
export function conditionsOf({ headers }: Pick<FastifyRequest, 'headers'>): WriteConditions {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  return {
    ...(match !== undefined && { ifMatch: match.trim() === '*' ? 'any' : strongEtagsIn(match) }),
    ...(noneMatch?.trim() === '*' && { ifNew: true }),
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
