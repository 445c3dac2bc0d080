import { toCanonicalJson } from '../model/canonical.ts';

/** One field that differs; `undefined` on the side that does not have it. */
export interface FieldChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Specs are three levels deep; what lies deeper than this is compared as a whole. */
const DEEPEST = 8;

/**
 * The fields that differ between two specs, sorted by path: maps key by key (`env.LOG_LEVEL`), lists
 * and secret references as a whole. A missing side counts as one without any field.
 */
export function fieldChanges(before: unknown, after: unknown): readonly FieldChange[] {
  return changesAt('', before ?? {}, after ?? {}).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function changesAt(path: string, before: unknown, after: unknown, depth = 0): FieldChange[] {
  if (isMap(before ?? {}) && isMap(after ?? {}) && depth < DEEPEST) {
    return keysOf(before, after).flatMap((key) =>
      changesAt(
        path === '' ? key : `${path}.${key}`,
        member(before, key),
        member(after, key),
        depth + 1,
      ),
    );
  }
  return isSame(before, after) ? [] : [{ path, before, after }];
}

function keysOf(before: unknown, after: unknown): readonly string[] {
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
}

function member(of: unknown, key: string): unknown {
  return isMap(of) && Object.hasOwn(of, key) ? of[key] : undefined;
}

/** A secret reference is one value, however it is written down. */
function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return !(
    'secret' in value &&
    typeof value.secret === 'string' &&
    Object.keys(value).length === 1
  );
}

function isSame(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return before === after;
  return toCanonicalJson(before) === toCanonicalJson(after);
}
