import type { FastifyRequest } from 'fastify';
import type { Log } from '../ports.ts';
import { PlatformRefusal } from './platform/refusal.ts';
import { type ProblemDocument, toProblemDocument } from './problem-document.ts';

/** The problem for an error; what the client is told nothing of is told in the log. */
export function tellFailure(log: Log, request: FastifyRequest, error: unknown): ProblemDocument {
  const problem = toProblemDocument(error);
  if (problem.code === 'INTERNAL') logFailure(log, `${request.method} ${request.url}`, error);
  return problem;
}

/** A start that fails is nothing of ours; all else here is a mistake of ours. */
function logFailure(log: Log, request: string, error: unknown): void {
  if (error instanceof PlatformRefusal) {
    log.warn({ request, cause: error.message }, 'what a request asked for failed');
    return;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  log.error({ request, stack }, 'a request failed in a way that nobody thought of');
}
