import type { FastifyRequest } from 'fastify';
import { AppError } from '../../errors.ts';
import { type ErrorBody, toErrorBody } from '../../platform/error-body.ts';
import type { ProblemDocument } from '../problem-document.ts';
import { PlatformRefusal } from './refusal.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The platform's word for a failure of this route: `container_creation_failed`. */
    failure?: string;
  }
}

/** Whether a request speaks the platform's language: everything outside `/v1`. */
export function isOfPlatform({ url }: FastifyRequest): boolean {
  return !/^\/v1(?:[/?#]|$)/.test(url);
}

/** The same error in the platform's form (wire.md §1). */
export function toErrorAnswer(
  error: unknown,
  problem: ProblemDocument,
  { routeOptions }: FastifyRequest,
): ErrorBody {
  if (error instanceof PlatformRefusal) {
    return toErrorBody(error.word, error.statusCode, error.message);
  }
  const status = STATUSES[problem.status] ?? problem.status;
  const failure = routeOptions.config.failure ?? 'request_failed';
  const isOurs = error instanceof AppError && !ABOUT_CALLER.has(error.code);
  const word = isOurs && status !== 400 ? failure : (WORDS[status] ?? failure);
  return toErrorBody(word, status, messageOf(problem));
}

/** Callers of the platform know 400 for what is wrong in a body, and 409 for what is there already. */
const STATUSES: Readonly<Record<number, number>> = { 412: 409, 422: 400 };

const ABOUT_CALLER: ReadonlySet<string> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'HOST_REFUSED',
  'TOO_MANY_REQUESTS',
  'AUTH_UNAVAILABLE',
]);

const WORDS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'request_too_large',
  429: 'too_many_requests',
  503: 'service_unavailable',
};

/** Each mistake of a document without its place: who calls sees no file. */
function messageOf({ code, detail, hint, problems = [] }: ProblemDocument): string {
  // Callers know it to the letter.
  if (code === 'LIMIT_REACHED') return detail;
  if (problems.length > 0) return problems.map(withHint).join('\n');
  return withHint({ message: detail, ...(hint !== undefined && { hint }) });
}

function withHint({ message, hint }: { readonly message: string; readonly hint?: string }): string {
  return hint === undefined ? message : `${message} (${hint})`;
}
