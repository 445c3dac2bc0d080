import { STATUS_CODES } from 'node:http';
import type { Problem } from '../model/problem.ts';
import { AppError, ERROR_CODES, type ErrorCode } from '../errors.ts';

/** An error as a client reads it (RFC 9457, application/problem+json), with our code and way out. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode | 'REQUEST_INVALID' | 'INTERNAL';
  readonly hint?: string;
  /** Each mistake in a document, with its place. */
  readonly problems?: readonly Problem[];
}

/** The problem for any error. What is no AppError and no client's mistake says nothing of its inside. */
export function toProblemDocument(error: unknown): ProblemDocument {
  if (error instanceof AppError) {
    const { code, message, hint, problems } = error;
    return {
      ...describe(statusOf(code), code, { detail: message, ...(hint !== undefined && { hint }) }),
      ...(problems.length > 0 && { problems }),
    };
  }
  const status = clientStatusOf(error);
  if (status === undefined) {
    return describe(500, 'INTERNAL', {
      detail: 'The manager failed to answer.',
      hint: "the manager's log says more",
    });
  }
  return describe(status, 'REQUEST_INVALID', { detail: messageOf(error) });
}

const STATUSES: Partial<Readonly<Record<ErrorCode, number>>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  LIMIT_REACHED: 403,
  HOST_REFUSED: 403,
  TOO_MANY_REQUESTS: 429,
  SERVICE_UNKNOWN: 404,
  TOOL_UNKNOWN: 404,
  REFUSED: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  IDEMPOTENCY_IN_FLIGHT: 409,
  TEMPLATE_NOT_FOUND: 404,
  PLAN_UNKNOWN: 404,
  PLAN_STALE: 409,
  LEASE_HELD: 409,
  NAME_TAKEN: 409,
  DOCUMENT_CHANGED: 412,
  DECLARED_ELSEWHERE: 409,
  PRECONDITION_FAILED: 412,
  DOCUMENT_INVALID: 422,
  DOCUMENT_NOT_OURS: 409,
  PLAN_INVALID: 422,
  TOO_MANY_PLANS: 503,
  NOT_SUPPORTED: 501,
  MCP_FAILED: 502,
  TIMED_OUT: 504,
};

/** By when it is worth asking again, in seconds; where the answer itself does not say it better. */
export function retryAfterS({ code }: ProblemDocument): number | undefined {
  return code === 'TOO_MANY_PLANS' ? PLANS_MADE_S : undefined;
}

/** By then most of those that wait are made. */
const PLANS_MADE_S = 5;

function statusOf(code: ErrorCode): number {
  return STATUSES[code] ?? (ERROR_CODES[code] === 'infrastructure' ? 503 : 500);
}

/** Fastify marks what the client did wrong by a `statusCode` below 500. */
function clientStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
    ? statusCode
    : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describe(
  status: number,
  code: ProblemDocument['code'],
  { detail, hint }: { readonly detail: string; readonly hint?: string },
): ProblemDocument {
  return {
    type: `urn:mcp-manager:error:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    ...(hint !== undefined && { hint }),
  };
}
