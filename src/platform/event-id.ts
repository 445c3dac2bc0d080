import { createHash } from 'node:crypto';
import { formatSeconds } from './time-texts.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const SUFFIX_LENGTH = 8;

/** `evt_20251013_101500_3kf8a0qz` (wire.md §4.2), in UTC; the same seed gives the same id when it is sent again. */
export function platformEventId(atMs: number, seed: string): string {
  const [date = '', time = ''] = formatSeconds(atMs).replaceAll(/[-:Z]/g, '').split('T');
  const bytes = createHash('sha256').update(seed).digest().subarray(0, SUFFIX_LENGTH);
  const suffix = [...bytes].map((byte) => LETTERS[byte % LETTERS.length]).join('');
  return `evt_${date}_${time}_${suffix}`;
}
