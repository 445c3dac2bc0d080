import { isSecretHeader } from '../model/looks-secret.ts';
import { REDACTED } from '../model/redact.ts';
import type { FieldValue, FieldValues } from './fields.ts';

/** What stands in an answer for the values of a service: never a secret, whichever way it is written. */
export function redact(values: FieldValues): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, redactValue(name, value)] as const),
  );
}

function redactValue(name: string, value: FieldValue): string {
  if (typeof value === 'object') return REDACTED;
  return isReference(value) || isSecret(name, value) ? REDACTED : String(value);
}

/** The platform's own form of a reference (wire.md §8). */
export function isReference(value: unknown): value is `secret_ref:${string}` {
  return typeof value === 'string' && value.startsWith('secret_ref:');
}

function isSecret(name: string, value: FieldValue): boolean {
  if (typeof value === 'object' || isReference(value) || value === REDACTED) return false;
  return isSecretHeader(name, String(value));
}
