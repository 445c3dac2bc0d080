import { isMap, isNode, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { ValuePath } from './finding.ts';
import type { ProblemCode } from './problem-codes.ts';

/** A key that was taken out of its map. */
export interface KeyMistake {
  readonly path: ValuePath;
  readonly offset: number;
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint: string;
}

export interface CleanOptions {
  readonly mistakes: KeyMistake[];
  readonly asWritten: (path: ValuePath) => boolean;
  readonly lineOf: (offset: number) => number;
}

/**
 * Takes out of a parsed tree what must never become a value (keys that stand twice, are no text, or
 * would touch a prototype), tells each as a mistake, and turns values wanted as written into text.
 */
export function cleanNode(node: unknown, path: ValuePath, options: CleanOptions): void {
  if (isMap(node)) cleanMap(node, path, options);
  if (isSeq(node)) node.items.forEach((item, index) => cleanNode(item, [...path, index], options));
  if (isScalar(node) && isNumberOrBoolean(node.value) && options.asWritten(path)) {
    node.value = node.source ?? String(node.value);
  }
}

/** Offset of the key or value at a path; of the nearest part around it when it is not written. */
export function offsetOf(root: unknown, path: ValuePath, at: 'key' | 'value'): number {
  let offset = startOf(root) ?? 0;
  let node = root;
  for (const part of path) {
    const pair = isMap(node) ? pairOf(node, part) : undefined;
    const child: unknown = isSeq(node) ? node.items[Number(part)] : pair?.value;
    const start = startOf(pair?.key) ?? startOf(child);
    if (start === undefined) return offset;
    offset = start;
    node = child;
  }
  return at === 'value' ? (startOf(node) ?? offset) : offset;
}

/** The pair of a map with that plain text key. */
export function pairOf(map: YAMLMap, key: unknown): Pair | undefined {
  return map.items.find((pair) => keyOf(pair) === key);
}

export function keyOf(pair: Pair): unknown {
  return isScalar(pair.key) ? pair.key.value : undefined;
}

export function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function isNumberOrBoolean(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint';
}

function cleanMap(map: YAMLMap, path: ValuePath, options: CleanOptions): void {
  const firstOffsets = new Map<unknown, number>();
  map.items = map.items.filter((pair) => {
    const key = keyOf(pair);
    const offset = startOf(pair.key) ?? startOf(pair.value) ?? 0;
    const first = firstOffsets.get(key);
    const complaint =
      complainAboutKey(key) ??
      (first === undefined ? undefined : complainAboutTwice(textOf(key), options.lineOf(first)));
    if (complaint) {
      options.mistakes.push({ path: [...path, textOf(key)], offset, ...complaint });
      return false;
    }
    firstOffsets.set(key, offset);
    return true;
  });
  for (const pair of map.items) cleanNode(pair.value, [...path, textOf(keyOf(pair))], options);
}

function textOf(key: unknown): string {
  return typeof key === 'string' ? key : (JSON.stringify(key) ?? '?');
}

type Complaint = Pick<KeyMistake, 'code' | 'message' | 'hint'>;

function complainAboutKey(key: unknown): Complaint | undefined {
  if (typeof key !== 'string') {
    const message = `the key ${textOf(key)} is not text`;
    return { code: 'KEY_NOT_TEXT', message, hint: 'put it in quotes' };
  }
  if (key === '__proto__') {
    return { code: 'KEY_FORBIDDEN', message: '"__proto__" is never a key', hint: 'remove it' };
  }
  return undefined;
}

function complainAboutTwice(key: string, firstLine: number): Complaint {
  return {
    code: 'DUPLICATE_KEY',
    message: `"${key}" is already set in line ${firstLine}`,
    hint: 'keep one of the two',
  };
}
