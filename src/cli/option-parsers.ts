import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../setting-parsers.ts';

/** What a flag may say; commander names the flag in the error. */
export function parseCount(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** Milliseconds of a span such as `10m`. */
export function parseSpan(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('Expected a duration such as 30s or 10m.');
  return ms;
}

/** `key=value` pairs, from commas or from the flag given again. */
export function parseSelector(text: string, before: readonly string[] = []): readonly string[] {
  const pairs = text.split(',').map((pair) => pair.trim());
  if (!pairs.every((pair) => /^[^=]+=.*$/.test(pair))) {
    throw new InvalidArgumentError('Expected key=value.');
  }
  return [...before, ...pairs];
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 1 to 65535.');
}
