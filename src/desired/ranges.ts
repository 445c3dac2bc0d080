import type { ServiceDocument } from './documents.gen.ts';
import type { Finding, ValuePath } from './finding.ts';
import { toRecord } from '../model/record.ts';
import { parseBytes, parseCores, parseDurationMs } from './units.ts';

interface Range {
  readonly path: ValuePath;
  readonly read: (fields: ServiceDocument) => number | string | undefined;
  readonly parse: (value: number | string) => number | undefined;
  readonly min: number;
  readonly max: number;
  readonly said: string;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
/** The least that container engines accept. */
const SMALLEST_MEMORY = 6 * 2 ** 20;

const RANGES: readonly Range[] = [
  {
    path: ['resources', 'memory'],
    read: ({ resources }) => resources?.memory,
    parse: parseBytes,
    min: SMALLEST_MEMORY,
    max: Number.MAX_SAFE_INTEGER,
    said: 'at least 6Mi',
  },
  {
    path: ['resources', 'cpu'],
    read: ({ resources }) => resources?.cpu,
    parse: parseCores,
    min: 0.001,
    max: 4_096,
    said: 'from 1m to 4096',
  },
  duration('rollout', 'deadline', { min: SECOND_MS, max: 24 * HOUR_MS, said: 'from 1s to 24h' }),
  duration('rollout', 'stableFor', { min: 0, max: 24 * HOUR_MS, said: 'at most 24h' }),
  duration('rollout', 'drain', { min: 0, max: HOUR_MS, said: 'at most 1h' }),
  duration('verify', 'every', { min: SECOND_MS, max: 24 * HOUR_MS, said: 'from 1s to 24h' }),
  duration('verify', 'startup', { min: SECOND_MS, max: 24 * HOUR_MS, said: 'from 1s to 24h' }),
  duration('verify', 'timeout', { min: SECOND_MS / 10, max: HOUR_MS, said: 'from 100ms to 1h' }),
];

/** Fields with a unit that are too small or too large. */
export function checkRanges(fields: ServiceDocument): readonly Finding[] {
  return RANGES.flatMap(({ path, read, parse, min, max, said }): Finding[] => {
    const written = read(fields);
    const value = written === undefined ? min : parse(written);
    if (value !== undefined && value >= min && value <= max) return [];
    const message = `${path.join('.')} cannot be ${written ?? ''}`;
    return [{ path, at: 'value', code: 'VALUE_RANGE', message, hint: said }];
  });
}

function duration(
  map: 'rollout' | 'verify',
  field: string,
  limits: Pick<Range, 'min' | 'max' | 'said'>,
): Range {
  return {
    path: [map, field],
    read(fields) {
      const written = toRecord(fields[map])[field];
      return typeof written === 'string' ? written : undefined;
    },
    parse: (value) => parseDurationMs(String(value)),
    ...limits,
  };
}
