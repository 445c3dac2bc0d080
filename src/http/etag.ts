import { digestOf } from '../model/canonical.ts';

/** Of what changes by itself: good for asking whether it did, never for a write (RFC 9110 §8.8.1). */
export function weakEtagOf(value: unknown): string {
  return `W/"${digestOf(value)}"`;
}

/** Those that a write may be bound to: weak ones never match it (RFC 9110 §13.1.1). */
export function strongEtagsIn(header: string): readonly string[] {
  return [...header.matchAll(/(?:^|,)\s*"([^"]*)"/g)].map(([, etag = '']) => etag);
}

/** Whether whoever asks has this already (`If-None-Match`, compared weakly: RFC 9110 §13.1.2). */
export function isKnown(etag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const opaque = etag.replace(/^W\//, '');
  return [...header.matchAll(/"[^"]*"/g)].some(([one]) => one === opaque);
}
