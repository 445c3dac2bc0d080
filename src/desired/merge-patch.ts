import { isRecord, toRecord, type UnknownRecord } from '../model/record.ts';

/** JSON Merge Patch (RFC 7396): maps are merged, null removes, all else replaces. */
export function mergePatch(before: UnknownRecord, patch: UnknownRecord): UnknownRecord {
  const kept = Object.entries(before).filter(([name]) => !Object.hasOwn(patch, name));
  const changed = Object.entries(patch).flatMap(([name, value]) => {
    if (value === null) return [];
    const merged = isRecord(value) ? mergePatch(toRecord(before[name]), value) : value;
    return [[name, merged] as const];
  });
  return Object.fromEntries([...kept, ...changed]);
}
