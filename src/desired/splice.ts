import { isMap, isNode, type Pair, type YAMLMap } from 'yaml';
import { pairOf, startOf } from './yaml-nodes.ts';

/** Characters from `start` to before `end` become `insert`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

interface ServiceMap {
  readonly text: string;
  readonly services: YAMLMap;
  readonly map: YAMLMap;
  readonly service: string;
}

/** What to change to set `power` in one service's map; undefined where no exact place is found. */
export function powerSplices(
  { text, services, map, service }: ServiceMap,
  power: 'on' | 'off',
): readonly Splice[] | undefined {
  const present = pairOf(map, 'power');
  if (present) return replaceValue(text, present, power);
  const [first] = map.items;
  const firstStart = startOf(first?.key);
  if (map.flow === true) {
    const start = firstStart ?? (startOf(map) ?? 0) + 1;
    return [{ start, end: start, insert: first ? `power: ${power}, ` : `power: ${power}` }];
  }
  const key = endOf(pairOf(services, service)?.key);
  if (firstStart === undefined || key === undefined) return undefined;
  // A line of its own below the service's name: comments keep their neighbours.
  const start = lineEnd(text, key);
  const indent = text.slice(lineStart(text, firstStart), firstStart);
  if (start > firstStart || indent.trim() !== '') return undefined;
  const insert = `${indent}power: ${power}${lineBreak(text)}`;
  return [{ start, end: start, insert }];
}

interface ServicesMap {
  readonly text: string;
  /** Where the key `services` ends. */
  readonly keyEnd: number;
  readonly services: YAMLMap;
}

/** What to cut to remove one service; undefined where no exact place is found. */
export function removalSplices(
  { text, keyEnd, services }: ServicesMap,
  service: string,
): readonly Splice[] | undefined {
  const pair = pairOf(services, service);
  const start = startOf(pair?.key);
  const end = endOf(pair?.value) ?? endOf(pair?.key);
  if (pair === undefined || start === undefined || end === undefined) return undefined;
  if (services.flow === true) return [cutFromFlow({ text, services, pair, start, end })];
  const cut = { start: lineStart(text, start), end: lineEnd(text, end, start), insert: '' };
  if (text.slice(cut.start, start).trim() !== '') return undefined;
  if (services.items.length > 1) return [cut];
  // `services:` with nothing below it would be no map any more.
  const colon = text.indexOf(':', keyEnd);
  return [{ start: colon + 1, end: colon + 1, insert: ' {}' }, cut];
}

function replaceValue(text: string, pair: Pair, power: string): readonly Splice[] | undefined {
  const start = startOf(pair.value);
  const end = endOf(pair.value);
  const colon = text.indexOf(':', endOf(pair.key) ?? text.length);
  if (start === undefined || end === undefined || isMap(pair.value)) return undefined;
  if (start === end) return [{ start: colon + 1, end: colon + 1, insert: ` ${power}` }];
  return [{ start, end, insert: power }];
}

interface FlowPair {
  readonly text: string;
  readonly services: YAMLMap;
  readonly pair: Pair;
  readonly start: number;
  readonly end: number;
}

/** With the comma that goes with it: the one after it, or before it when it is the last. */
function cutFromFlow({ text, services, pair, start, end }: FlowPair): Splice {
  const index = services.items.indexOf(pair);
  const next = startOf(services.items[index + 1]?.key);
  if (next !== undefined) return { start, end: next, insert: '' };
  const previous = services.items[index - 1];
  const from = endOf(previous?.value) ?? endOf(previous?.key) ?? start;
  const comma = /^\s*,/.exec(text.slice(end));
  return { start: from, end: end + (comma?.[0].length ?? 0), insert: '' };
}

export function endOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[1] : undefined;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line after `offset` begins; `offset` itself when a line (after `since`) has just ended. */
export function lineEnd(text: string, offset: number, since = offset): number {
  if (offset > since && text.charAt(offset - 1) === '\n') return offset;
  const found = text.indexOf('\n', offset);
  return found < 0 ? text.length : found + 1;
}

/** As the text breaks its first line. */
export function lineBreak(text: string): string {
  return /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
}
