import { closest, distance } from 'fastest-levenshtein';

/** More candidates than this are not compared: a hint is not worth a pause. */
const MAX_CANDIDATES = 2_000;
const LONGEST_WORD = 100;

/** `did you mean "x"?` when one of the words is close, else undefined. */
export function suggest(word: string, words: Iterable<string>): string | undefined {
  const candidates = [...words].slice(0, MAX_CANDIDATES);
  if (candidates.length === 0 || word.length > LONGEST_WORD) return undefined;
  const best = closest(word.toLowerCase(), candidates);
  const allowed = Math.max(1, Math.round(Math.max(word.length, best.length) * 0.4));
  return distance(word.toLowerCase(), best.toLowerCase()) <= allowed
    ? `did you mean "${best}"?`
    : undefined;
}

/** A suggestion, or the list of what would be right. */
export function suggestOrList(word: string, words: Iterable<string>, none: string): string {
  const all = [...words].toSorted();
  if (all.length === 0) return none;
  return suggest(word, all) ?? `one of: ${listed(all)}`;
}

function listed(words: readonly string[], limit = 24): string {
  const shown = words.slice(0, limit).join(', ');
  return words.length > limit ? `${shown}, …` : shown;
}
