import type { Problem } from '../model/problem.ts';
import { maskValues } from '../model/mask.ts';
import { namedValues } from '../model/named-values.ts';
import { isRecord, toRecord, type UnknownRecord } from '../model/record.ts';
import { isClearSecret, redactFields } from '../model/redact.ts';
import { findInClear, findNothingKept, keepRedacted, SAID } from './shelter-secrets.ts';

/** The text of a template as an answer shows it; as it is where nothing in it looks secret. */
export function showTemplate(text: string): string {
  const fields = fieldsIn(text);
  if (!fields) return text;
  const shown = toText(redactFields(fields));
  // A key that stands twice hides what its first one says.
  const isWhole = text.replaceAll(BETWEEN_WORDS, '$1') === JSON.stringify(fields);
  return isWhole && shown === toText(fields) ? text : shown;
}

/** What a template comes to as an answer shows it: also where a parameter that looks secret was filled in. */
export function showRendered(
  fields: UnknownRecord,
  template: string,
  parameters: UnknownRecord,
): UnknownRecord {
  const given = { with: parameters, parameters: fieldsIn(template)?.['parameters'] };
  const values = namedValues(given).filter(isClearSecret);
  const mask = maskValues(values.map(({ value }) => String(value)));
  return toRecord(mapTexts(redactFields(fields), mask));
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, map));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, mapTexts(own, map)]));
}

/** White space outside of texts, and texts. */
const BETWEEN_WORDS = /("(?:[^"\\]|\\.)*")|\s+/g;

/**
 * The text to write for one that was sent: what came back as it was shown is what was there before. A template
 * is read by all and used by many, so that nothing in it may be written in clear that looks secret.
 */
export function acceptTemplate(
  file: string,
  text: string,
  before = '{}',
): { readonly text: string } | { readonly problem: Problem } {
  const fields = fieldsIn(text);
  if (!fields) return { text };
  const former = fieldsIn(before) ?? {};
  const kept = keepRedacted(fields, former, undefined);
  const nothing = findNothingKept(kept, former);
  const place = { file, line: 0, column: 0 };
  if (nothing !== undefined) {
    const hint = 'send a reference: {secret: …}';
    return { problem: { ...place, ...SAID.nothingKept(nothing), hint } };
  }
  const [clear] = findInClear(kept, former);
  if (clear !== undefined) {
    const hint =
      'keep it where secrets lie, and write `{secret: …}`, or let each service give its own';
    return { problem: { ...place, ...SAID.inClear(clear), hint } };
  }
  return { text: toText(kept) === toText(fields) ? text : toText(kept) };
}

/** Nothing of what is no JSON: others tell that. */
function fieldsIn(text: string): UnknownRecord | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function toText(fields: UnknownRecord): string {
  return `${JSON.stringify(fields, null, 2)}\n`;
}
