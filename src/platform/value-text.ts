import type { UnknownRecord } from '../model/record.ts';

/** A value of any type as a program gets it. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** All members as text. */
export function toTexts(values: UnknownRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, toText(value)] as const),
  );
}

/** Program and arguments as a document has them: a `${` of the platform is no reference of ours. */
export function toCommand(command: readonly unknown[]): readonly string[] {
  return command.map((part) => toText(part).replaceAll('${', () => '$${'));
}
