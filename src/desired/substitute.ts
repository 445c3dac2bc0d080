import type { ValuePath } from './finding.ts';

/** The port is known to a runtime only when an instance is made, so this stays for it. */
export const PORT_PARAMETER = 'port';

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;

/** One `${…}` that was found, with the path of the string that holds it. */
export interface Reference {
  readonly name: string;
  readonly path: ValuePath;
  /** False for a `${` that is never closed. */
  readonly closed: boolean;
}

/** Every `${name}` in the strings of a value; `$${` is none. */
export function findReferences(value: unknown, path: ValuePath = []): readonly Reference[] {
  if (typeof value === 'string') {
    return [...value.matchAll(REFERENCE)]
      .filter(([match]) => match !== '$${')
      .map(([, name = '', end]) => ({ name, path, closed: end === '}' }));
  }
  return entriesOf(value).flatMap(([key, member]) => findReferences(member, [...path, key]));
}

/** Puts `values` in place of `${name}` in every string; leaves `${name}` of unknown names alone. */
export function substitute(value: unknown, values: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') return substituteText(value, values);
  if (Array.isArray(value)) return value.map((item) => substitute(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, substitute(member, values)]),
  );
}

/** `substitute` for one text. */
export function substituteText(text: string, values: ReadonlyMap<string, unknown>): string {
  return text.replaceAll(REFERENCE, (match, name: string | undefined) => {
    if (match === '$${') return '${';
    return values.has(name ?? '') ? toText(values.get(name ?? '')) : match;
  });
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function entriesOf(value: unknown): readonly [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()];
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
