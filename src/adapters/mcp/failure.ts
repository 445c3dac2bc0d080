import type { CheckResult } from '../../model/verification.ts';

/** Ends a check with a message that is already for people. */
export class CheckFailure extends Error {}

/** The sentence for a connection that failed before there was an answer. Never a stack. */
export function formatFailure(error: unknown, url: string): string {
  const address = new URL(url).host;
  const code = findCode(error) ?? '';
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens on ${address}`;
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return `${address} closed the connection without a whole answer`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `${address} cannot be reached`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name of ${address} cannot be resolved`;
    default:
      return code.startsWith('HPE_')
        ? `${address} does not answer in HTTP`
        : `no connection to ${address}: ${formatCause(error)}`;
  }
}

/** What an HTTP status alone says: alive and wants credentials, or why the check failed. */
export function toStatusResult(status: number, statusText: string, path: string): CheckResult {
  const answered = `answered ${`${status} ${statusText}`.trim()} at ${path}`;
  return status === 401 || status === 403
    ? { outcome: 'needs-auth', message: `${answered}: it wants credentials` }
    : { outcome: 'failed', message: answered };
}

/** The first code in a chain of causes; an AggregateError carries it in its members. */
function findCode(error: unknown): string | undefined {
  for (
    let link = error, depth = 0;
    link instanceof Error && depth < 5;
    link = link.cause, depth++
  ) {
    if ('code' in link && typeof link.code === 'string') return link.code;
  }
  return undefined;
}

function formatCause(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
