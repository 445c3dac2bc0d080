import { createHash } from 'node:crypto';

/** JSON with sorted keys and without undefined members: equal values give equal text. */
export function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** The first `length` hex digits of the SHA-256 of the canonical JSON of `value`. */
export function digestOf(value: unknown, length = 24): string {
  return createHash('sha256').update(toCanonicalJson(value)).digest('hex').slice(0, length);
}
