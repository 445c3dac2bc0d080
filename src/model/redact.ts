import { isSecretHeader, isSurelySecret, looksSecret } from './looks-secret.ts';
import type { NamedValue } from './named-value.ts';
import { mapNamedValues } from './named-values.ts';
import { toTexts, type UnknownRecord } from './record.ts';

/** Stands in answers for every value that is secret; sent back, it means that nothing changes. */
export const REDACTED = '[REDACTED]';

/** Fields as an answer shows them: references stay, what was written in clear and looks secret does not. */
export function redactFields(fields: UnknownRecord): UnknownRecord {
  return mapNamedValues(fields, (named) => (isClearSecret(named) ? REDACTED : named.value));
}

/** A command alone. */
export function redactCommand(command: readonly string[]): readonly string[] {
  return toTexts(redactFields({ command })['command']);
}

/** Labels alone. */
export function redactLabels(
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(labels);
  const shown = entries.map(
    ([name, value]) => [name, isSurelySecret(name, value) ? REDACTED : value] as const,
  );
  return Object.fromEntries(shown);
}

/** Whether a value stands there in clear that looks secret. What a template fills in later is no value yet. */
export function isClearSecret({ field, name, value }: NamedValue): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const text = String(value);
  if (text === REDACTED || isPlatformReference(text)) return false;
  const own = text.replaceAll(TO_BE_FILLED_IN, '');
  if (/^((Bearer|Basic|Token) )?$/.test(own)) return false;
  if (field === 'url') return isSecretUrl(own);
  if (field === 'other' || field === 'command') return isSurelySecret(name, own);
  return isSecretHeader(name, own);
}

/** A `${…}`, but no `$${…}`. */
const TO_BE_FILLED_IN = /(?<!\$)\$\{[^${}]*\}/g;

/** Whether a text is a reference of the platform to a secret (wire.md §8). */
export function isPlatformReference(text: string): boolean {
  return text.startsWith('secret_ref:');
}

function isSecretUrl(text: string): boolean {
  return looksSecret('', text) || (URL.canParse(text) && new URL(text).username !== '');
}
