import { isClearSecret, isPlatformReference, REDACTED } from '../model/redact.ts';
import type { FieldValue, FieldValues } from './fields.ts';

/** What stands in an answer for the values of a service: never a secret, whichever way it is written. */
export function redact(values: FieldValues): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, redactValue(name, value)] as const),
  );
}

function redactValue(name: string, value: FieldValue): string {
  if (typeof value === 'object') return REDACTED;
  const isSecret = isClearSecret({ field: 'env', at: name, name, value });
  return isReference(value) || isSecret ? REDACTED : String(value);
}

/** The platform's own form of a reference (wire.md §8). */
export function isReference(value: unknown): value is `secret_ref:${string}` {
  return typeof value === 'string' && isPlatformReference(value);
}
