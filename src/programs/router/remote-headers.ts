import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Remote } from './remote-table.ts';

/** True for one connection only (RFC 9110 §7.6.1). */
const OF_CONNECTION =
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade'.split(
    ' ',
  );
/** Of this side: who the client is and what it keeps here are none of a stranger's business. */
const OF_CLIENT = 'host expect cookie forwarded x-real-ip x-replaced-path'.split(' ');
/** Would hold for all services here, which share one address. */
const OF_REMOTE =
  'set-cookie alt-svc strict-transport-security clear-site-data public-key-pins'.split(' ');

/**
 * What goes to the remote server: the client's own headers, those that the document sets in their place.
 * The client's credentials go only where the document sets nothing at all.
 */
export function toRemoteHeaders(
  headers: IncomingHttpHeaders,
  { url, headers: own }: Pick<Remote, 'url' | 'headers'>,
): OutgoingHttpHeaders {
  const dropped = new Set([...OF_CONNECTION, ...OF_CLIENT, ...namedBy(headers)]);
  if (Object.keys(own).length > 0) dropped.add('authorization');
  const kept = Object.entries(headers).filter(
    ([name]) => !dropped.has(name) && !name.startsWith('x-forwarded-'),
  );
  const isChunked = headers['transfer-encoding'] !== undefined;
  return {
    ...Object.fromEntries(kept),
    ...(isChunked && { 'transfer-encoding': 'chunked' }),
    ...own,
    host: url.host,
  };
}

/**
 * What comes back. A redirect within the remote server stays below the instance's own path; one that
 * leads elsewhere is not told: it could lead to another service here, and to its credentials.
 */
export function fromRemoteHeaders(
  headers: IncomingHttpHeaders,
  { url, name }: Pick<Remote, 'url' | 'name'>,
): OutgoingHttpHeaders {
  const dropped = new Set([...OF_CONNECTION, ...OF_REMOTE, ...namedBy(headers)]);
  // What a page of another site may read here is not a stranger's to say.
  const isKept = ([key]: readonly [string, unknown]): boolean =>
    key !== 'location' && !key.startsWith('access-control-') && !dropped.has(key);
  const kept = Object.fromEntries(Object.entries(headers).filter(isKept));
  const { location } = headers;
  if (location === undefined || !URL.canParse(location, url.href)) return kept;
  const target = new URL(location, url);
  if (target.origin !== url.origin) return kept;
  return { ...kept, location: `/${name}${target.pathname}${target.search}${target.hash}` };
}

function namedBy({ connection = '' }: IncomingHttpHeaders): readonly string[] {
  return connection.split(',').map((name) => name.trim().toLowerCase());
}
