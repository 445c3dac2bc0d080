import type { FastifyReply } from 'fastify';
import type { ManagerAnswer } from './ask-manager.ts';
import { errorCode } from './error-code.ts';

/** A new instance is up in a second or two. */
const RETRY_AFTER_S = '1';

/** Nothing could be reached at the target's address; anything later than that is a broken exchange. */
const UNREACHED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
]);

/** Of a page that has its own name lead here; what is called by another name needs `ALLOWED_HOSTS`. */
export function sendHostRefused(reply: FastifyReply, host: string): FastifyReply {
  const message = `This is not ${JSON.stringify(host)}; the operator can name it in ALLOWED_HOSTS.`;
  return sendError(reply, 403, 'host_refused', message);
}

export function sendRouteNotFound(reply: FastifyReply, path: string): FastifyReply {
  return sendError(reply, 404, 'route_not_found', `No service is routed at ${path}.`);
}

export function sendNoTarget(reply: FastifyReply, service: string): FastifyReply {
  return sendUnavailable(reply, 'no_target', `Service ${service} has no running instance.`);
}

/** What the manager said of the token, with its challenge. */
export function sendRefusal(
  reply: FastifyReply,
  { status, headers, body }: ManagerAnswer,
): FastifyReply {
  const { 'www-authenticate': challenge, 'content-type': type = 'application/json' } = headers;
  if (challenge !== undefined) reply.header('www-authenticate', challenge);
  return reply.code(status).type(type).send(body);
}

export function sendNobodySays(reply: FastifyReply, service: string): FastifyReply {
  const message = `Nobody can say now whether the token is good for ${service}.`;
  return sendUnavailable(reply, 'auth_unavailable', message);
}

/** 503 when the instance did not take the connection, 502 when it broke the exchange. */
export function sendUpstreamError(
  reply: FastifyReply,
  service: string,
  error: Error,
): FastifyReply {
  return sendFailure(reply, `Service ${service}`, error);
}

/** The same of the manager's API. */
export function sendApiError(reply: FastifyReply, error: Error): FastifyReply {
  return sendFailure(reply, "The manager's API", error);
}

function sendFailure(reply: FastifyReply, who: string, error: Error): FastifyReply {
  const code = errorCode(error);
  if (code !== undefined && UNREACHED.has(code)) {
    return sendUnavailable(reply, 'upstream_unavailable', `${who} does not answer.`);
  }
  return sendError(reply, 502, 'upstream_failed', `${who} broke the exchange.`);
}

function sendUnavailable(reply: FastifyReply, error: string, message: string): FastifyReply {
  return sendError(reply.header('retry-after', RETRY_AFTER_S), 503, error, message);
}

function sendError(
  reply: FastifyReply,
  status: number,
  error: string,
  message: string,
): FastifyReply {
  return reply.code(status).send({ error, message });
}
