import { oneLine } from './format-line.ts';

const MEBIBYTE = 1024 * 1024;
/** `(secret 3)` and `(known after pull)` stand for a value: they are not quoted as one. */
const PLACEHOLDER = /^\((secret|known after) ?[^()]*\)$/;

/** One value as a plan shows it, on one line: memory in Mi as documents write it, lists as JSON. */
export function formatValue(path: string, value: unknown): string {
  if (typeof value === 'string') return formatText(value);
  if (typeof value === 'number' && path.endsWith('Bytes') && value % MEBIBYTE === 0) {
    return `${value / MEBIBYTE}Mi`;
  }
  if (Array.isArray(value)) return `[${value.map((item) => formatValue('', item)).join(', ')}]`;
  if (value !== null && typeof value === 'object') return formatMap(value);
  return oneLine(String(value));
}

function formatText(value: string): string {
  return oneLine(PLACEHOLDER.test(value) ? value : JSON.stringify(value));
}

function formatMap(value: object): string {
  const members = Object.entries(value).map(
    ([key, item]) => `${oneLine(key)}: ${formatValue('', item)}`,
  );
  return `{${members.join(', ')}}`;
}
