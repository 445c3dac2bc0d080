import type { ServerResponse } from 'node:http';
import { AddressRefused } from './checked-lookup.ts';
import { errorCode } from './error-code.ts';

/** A remote server was not connected to, or did not answer, in time. */
export class TooLate extends Error {}

interface Failure {
  readonly status: number;
  readonly error: string;
  /** For the log and the verifier alone: it may hold addresses. */
  readonly reason: string;
}

const TRUST = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH)/;
const UNRESOLVED = new Set(['ENOTFOUND', 'EAI_AGAIN']);
const UNREACHED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);
const LONGEST_REASON = 200;

/**
 * Answers for a remote server that cannot. Why stands in the reason phrase, which goes no further than
 * this connection: clients are told no addresses.
 */
export function sendFailure(
  response: ServerResponse,
  service: string,
  { status, error, reason }: Failure,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = `The server of ${service} cannot be used now.`;
  const phrase = reason.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_REASON);
  const headers = { 'content-type': 'application/json', ...(status === 503 && RETRY) };
  response.writeHead(status, phrase, headers).end(JSON.stringify({ error, message }));
}

const RETRY = { 'retry-after': '1' };

/** What went wrong with a remote server, in the words of an operator. */
export function explainFailure(failure: unknown, host: string): Failure {
  const code = errorCode(failure) ?? '';
  if (failure instanceof AddressRefused) {
    return { status: 502, error: 'address_refused', reason: `${host} ${failure.message}` };
  }
  if (failure instanceof TooLate) {
    return { status: 504, error: 'upstream_late', reason: `${host} ${failure.message}` };
  }
  if (UNRESOLVED.has(code)) {
    return unavailable(`the name ${host} cannot be resolved (${code})`);
  }
  if (UNREACHED.has(code) || failure instanceof AggregateError) {
    return unavailable(`${host} cannot be reached (${code || 'no address answers'})`);
  }
  if (TRUST.test(code)) {
    const reason = `${host} has no certificate that is trusted (${code})`;
    return { status: 502, error: 'upstream_untrusted', reason };
  }
  const reason = `${host} broke the exchange (${code || 'no reason given'})`;
  return { status: 502, error: 'upstream_failed', reason };
}

function unavailable(reason: string): Failure {
  return { status: 503, error: 'upstream_unavailable', reason };
}
