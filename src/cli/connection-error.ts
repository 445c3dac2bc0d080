import { AppError } from '../errors.ts';

/** One request, and how far it came. */
export interface Attempt {
  readonly url: string;
  readonly socketPath: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** An answer has begun. */
  readonly begun: boolean;
}

/** What Node says of a connection, in our words; errors that are words of ours stay. */
export function toAppError(error: unknown, attempt: Attempt): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof AppError) return error;
  if (isTimeout(attempt.signal)) return timedOut(attempt);
  const code = String(error.code);
  const [message, hint] = attempt.begun ? cutOff(attempt) : explain(code, error, attempt);
  return new AppError('MANAGER_UNREACHABLE', message, { cause: error, hint });
}

/** Nothing, or no end, came within the time; `afterMs` absent: a time that the caller set. */
export function timedOut(attempt: Attempt, afterMs?: number): AppError {
  const within = afterMs === undefined ? 'in time' : `in ${afterMs} ms`;
  const { pathname } = new URL(attempt.url);
  const what = attempt.begun ? 'did not end its answer' : 'gave no answer';
  return new AppError(
    'TIMED_OUT',
    `the manager at ${placeOf(attempt)} ${what} to ${pathname} ${within}`,
    {
      hint: 'it may have much to do: try again, and see whether that is the address of a manager',
    },
  );
}

/** Something answers there, and nothing that a manager would say. */
export function noManager(place: string, answer: string): AppError {
  return new AppError('MANAGER_UNREACHABLE', `what answers at ${place} is no manager: ${answer}`, {
    hint: 'is the address right, and does a login page or another server stand before the manager?',
  });
}

type Told = readonly [message: string, hint: string];

function cutOff(attempt: Attempt): Told {
  return [
    `the answer of ${placeOf(attempt)} broke off in the middle`,
    '`mcp-manager status` says what became of what was asked; a manager that was ended is started with `mcp-manager run`',
  ];
}

function explain(code: string, error: Error, attempt: Attempt): Told {
  const place = placeOf(attempt);
  if (attempt.socketPath !== undefined) {
    return [`no manager answers on ${place}`, 'start one with `mcp-manager run`'];
  }
  if (code === 'EPROTO') return [`${place} speaks no TLS`, 'is it http:// there?'];
  if (code.startsWith('HPE_')) return [`${place} speaks no HTTP (${code})`, 'is the port right?'];
  if (isAboutTrust(code)) return [`${place} is not trusted: ${error.message}`, toTrust(code)];
  return [
    `no manager answers at ${place} (${code})`,
    'is the address right, also its http or https, does `mcp-manager run` run there, and may this machine reach it?',
  ];
}

/** Codes of OpenSSL and of Node's TLS. */
function isAboutTrust(code: string): boolean {
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code);
}

function toTrust(code: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'use a name that its certificate is for';
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate must be renewed there';
  return 'NODE_EXTRA_CA_CERTS=FILE makes an authority of your own known';
}

function placeOf({ socketPath, url }: Attempt): string {
  return socketPath ?? new URL(url).origin;
}

function isTimeout(signal: AbortSignal | undefined): boolean {
  return (
    signal?.aborted === true &&
    signal.reason instanceof DOMException &&
    signal.reason.name === 'TimeoutError'
  );
}
