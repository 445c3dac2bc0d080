import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Answered by this side already, or true for one connection only (RFC 9110 §7.6.1). */
const NOT_FORWARDED = ['expect', 'keep-alive', 'proxy-connection', 'te', 'upgrade'] as const;
const NOT_RETURNED = ['connection', 'keep-alive', 'proxy-connection'] as const;

/** All headers as they came, plus X-Forwarded-*: what a proxy before this one said is kept. */
export function toUpstreamHeaders(
  headers: IncomingHttpHeaders,
  request: IncomingMessage,
  publicPrefix: string,
): IncomingHttpHeaders {
  const client = request.socket.remoteAddress ?? 'unknown';
  const before = headers['x-forwarded-for'];
  return {
    ...without(headers, NOT_FORWARDED),
    'x-forwarded-for': before === undefined ? client : `${String(before)}, ${client}`,
    'x-forwarded-proto': headers['x-forwarded-proto'] ?? 'http',
    'x-forwarded-host': headers['x-forwarded-host'] ?? request.headers.host ?? '',
    'x-forwarded-prefix': publicPrefix,
  };
}

/** The upstream's headers; a redirect within the upstream stays below the public path. */
export function toClientHeaders(
  headers: IncomingHttpHeaders,
  upstream: string,
  publicPrefix: string,
): IncomingHttpHeaders {
  const kept = without(headers, NOT_RETURNED);
  if (kept.location === undefined || !URL.canParse(kept.location, upstream)) return kept;
  const isRelative = !kept.location.startsWith('/') && !URL.canParse(kept.location);
  const target = new URL(kept.location, upstream);
  if (isRelative || target.origin !== new URL(upstream).origin) return kept;
  const base = basePathOf(upstream);
  const path = target.pathname.startsWith(`${base}/`)
    ? target.pathname.slice(base.length)
    : target.pathname;
  return { ...kept, location: `${publicPrefix}${path}${target.search}${target.hash}` };
}

/** What stands before every path of a target: nothing, or the name of a remote instance. */
export function basePathOf(url: string): string {
  return new URL(url).pathname.replace(/\/$/, '');
}

function without(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}
