import { isRecord, type UnknownRecord } from '../model/record.ts';

const MAPS = [
  'env',
  'headers',
  'labels',
  'resources',
  'network',
  'stdio',
  'rollout',
  'verify',
] as const;

/** `over` wins field by field; maps are merged key by key, lists replaced whole. */
export function overlayFields(base: UnknownRecord, over: UnknownRecord): UnknownRecord {
  const maps = MAPS.flatMap((key): [string, unknown][] => {
    const [below, above] = [base[key], over[key]];
    return isRecord(below) && isRecord(above) ? [[key, { ...below, ...above }]] : [];
  });
  return { ...base, ...over, ...Object.fromEntries(maps) };
}
