/** A map of anything: what came from outside, before anybody has looked at it. */
export type UnknownRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map, or an empty one in place of anything else. */
export function toRecord(value: unknown): UnknownRecord {
  return isRecord(value) ? value : {};
}

/** The texts of a list; none of anything else. */
export function toTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
