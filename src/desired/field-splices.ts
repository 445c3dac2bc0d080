import { isMap, stringify, type Pair, type YAMLMap } from 'yaml';
import { toCanonicalJson } from '../model/canonical.ts';
import type { UnknownRecord } from '../model/record.ts';
import { endOf, lineBreak, lineEnd, lineStart, type Splice } from './splice.ts';
import { pairOf, startOf } from './yaml-nodes.ts';

interface WrittenService {
  readonly text: string;
  /** Its name and its map. */
  readonly pair: Pair;
}

/**
 * What to change so that a service's map says `after` instead of `before`: the lines of each field that
 * differs. Undefined where no exact place is found.
 */
export function fieldSplices(
  { text, pair }: WrittenService,
  before: UnknownRecord,
  after: UnknownRecord,
): readonly Splice[] | undefined {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isSame(before[name], after[name]),
  );
  if (changed.length === 0) return [];
  const map = pair.value;
  const stays = Object.keys(after).some((name) => isSame(before[name], after[name]));
  if (!isMap(map) || map.flow === true || !stays) return wholeSplices({ text, pair }, after);
  const indent = indentOf(text, map);
  if (indent === undefined) return undefined;
  const added = changed.filter((name) => !Object.hasOwn(before, name));
  const splices = changed
    .filter((name) => Object.hasOwn(before, name))
    .map((name) => replaced({ text, map, indent }, name, after[name]));
  if (splices.some((splice) => splice === undefined)) return undefined;
  const insert = added.map((name) => render({ [name]: after[name] }, indent, text)).join('');
  const end = added.length > 0 ? appendedAt(text, map, insert) : [];
  return end && [...splices.filter((splice) => splice !== undefined), ...end];
}

interface Block {
  readonly text: string;
  readonly map: YAMLMap;
  readonly indent: string;
}

/** All lines of one field; nothing in their place where it has no value any more. */
function replaced({ text, map, indent }: Block, name: string, value: unknown): Splice | undefined {
  const pair = pairOf(map, name);
  const start = startOf(pair?.key);
  const end = endOf(pair?.value) ?? endOf(pair?.key);
  if (start === undefined || end === undefined) return undefined;
  const from = lineStart(text, start);
  if (text.slice(from, start).trim() !== '') return undefined;
  const insert = value === undefined ? '' : render({ [name]: value }, indent, text);
  return { start: from, end: lineEnd(text, end, start), insert };
}

/** Behind the last field, on a line of its own. */
function appendedAt(text: string, map: YAMLMap, insert: string): readonly Splice[] | undefined {
  const last = map.items.at(-1);
  const start = startOf(last?.key);
  const end = endOf(last?.value) ?? endOf(last?.key);
  if (start === undefined || end === undefined) return undefined;
  const at = lineEnd(text, end, start);
  const isOpen = at === text.length && !text.endsWith('\n');
  return [{ start: at, end: at, insert: isOpen ? `\n${insert}` : insert }];
}

/** The value of a service as a whole: it is written in a way that has no lines of its own for its fields. */
function wholeSplices(
  { text, pair }: WrittenService,
  after: UnknownRecord,
): readonly Splice[] | undefined {
  const key = endOf(pair.key);
  const end = endOf(pair.value) ?? key;
  const start = startOf(pair.key);
  if (key === undefined || end === undefined || start === undefined) return undefined;
  const colon = text.indexOf(':', key);
  return [{ start: colon + 1, end: endOfValue(text, end), insert: ` ${JSON.stringify(after)}` }];
}

/** A block ends with its line; what follows it stays where it is. */
function endOfValue(text: string, end: number): number {
  return text.charAt(end - 1) === '\n' ? end - 1 : end;
}

function render(fields: UnknownRecord, indent: string, text: string): string {
  const lines = stringify(fields, { lineWidth: 0 }).trimEnd().split('\n');
  return lines.map((line) => `${line === '' ? '' : indent}${line}${lineBreak(text)}`).join('');
}

function indentOf(text: string, map: YAMLMap): string | undefined {
  const first = startOf(map.items[0]?.key);
  const indent = first === undefined ? undefined : text.slice(lineStart(text, first), first);
  return indent?.trim() === '' ? indent : undefined;
}

function isSame(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return before === after;
  return toCanonicalJson(before) === toCanonicalJson(after);
}
