import { toLine } from '../../model/plain-text.ts';
import type { NotVerified, ProbeTarget } from '../../model/verification.ts';

/** The longest that has a meaning has 31 characters. */
const LONGEST_STATUS = 100;

/** Of an error that is not known here. */
const LONGEST_CAUSE = 200;

/** Too many requests, of this client or of all. */
const OVERLOADED: ReadonlySet<number> = new Set([429, 503]);

/** The name of undici's errors about what is no HTTP; their codes vary. */
const NOT_HTTP = 'HTTPParserError';

/** The message of fetch for an answer that ended before its time. */
const TERMINATED = 'terminated';

/** Ends a check with a message that is already for people. */
export class CheckFailure extends Error {}

/** The sentence for a connection that failed before there was an answer. Never a stack. */
export function formatFailure(error: unknown, url: string): string {
  const address = new URL(url).host;
  const code = findCode(error);
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens on ${address}`;
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
    case TERMINATED:
      return `${address} closed the connection without a whole answer`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `${address} cannot be reached`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name of ${address} cannot be resolved`;
    case NOT_HTTP:
      return `${address} does not answer in HTTP`;
    default:
      return `no connection to ${address}: ${formatCause(error)}`;
  }
}

/** What an HTTP status alone says: alive and wants credentials, or why the check failed. */
export function toStatusResult(
  { path, discreet, remote }: Pick<ProbeTarget, 'path' | 'discreet' | 'remote'>,
  status: number,
  statusText: string,
): NotVerified {
  // Of a server that runs elsewhere they are the words of our own router program.
  const words = discreet && !remote ? '' : toLine(statusText, LONGEST_STATUS);
  const answered = `answered ${`${status} ${words}`.trim()} at ${path}`;
  if (status === 401 || status === 403) {
    return { outcome: 'needs-auth', message: `${answered}: it wants credentials` };
  }
  return {
    outcome: 'failed',
    message: answered,
    ...(OVERLOADED.has(status) && { overloaded: true }),
  };
}

/** What tells the kind of failure: a code or name in the chain of causes; empty when there is none. */
function findCode(error: unknown): string {
  if (error instanceof Error && error.message === TERMINATED) return TERMINATED;
  for (
    let link = error, depth = 0;
    link instanceof Error && depth < 5;
    link = link.cause, depth++
  ) {
    if (link.name === NOT_HTTP) return NOT_HTTP;
    if ('code' in link && typeof link.code === 'string') return link.code;
  }
  return '';
}

function formatCause(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return toLine(cause instanceof Error ? cause.message : String(cause), LONGEST_CAUSE);
}
