import type { IncomingHttpHeaders } from 'node:http';
import { digestOf } from '../model/canonical.ts';
import type { WriteConditions } from '../model/declaration.ts';

/** Of what changes by itself: good for asking whether it did, never for a write (RFC 9110 §8.8.1). */
export function weakEtagOf(value: unknown): string {
  return `W/"${digestOf(value)}"`;
}

/** The conditions of a write (RFC 9110 §13.1). */
export function conditionsIn(headers: IncomingHttpHeaders): WriteConditions {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  const ifNew = noneMatch?.trim() === '*';
  return {
    ...(match !== undefined && { ifMatch: match.trim() === '*' ? 'any' : strongEtagsIn(match) }),
    ...(ifNew && { ifNew }),
    ...(noneMatch !== undefined && !ifNew && { ifNoneMatch: etagsIn(noneMatch) }),
  };
}

/** Weak ones never match here (§13.1.1). */
function strongEtagsIn(header: string): readonly string[] {
  return [...header.matchAll(/(?:^|,)\s*"([^"]*)"/g)].map(([, etag = '']) => etag);
}

/** Here they do (§13.1.2). */
function etagsIn(header: string): readonly string[] {
  return [...header.matchAll(/"([^"]*)"/g)].map(([, etag = '']) => etag);
}

/** Whether whoever asks has this already (`If-None-Match`, compared weakly: RFC 9110 §13.1.2). */
export function isKnown(etag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return etagsIn(header).includes(etag.replace(/^W\//, '').slice(1, -1));
}
