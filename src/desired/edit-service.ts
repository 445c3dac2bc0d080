import { isMap, parseDocument, type YAMLMap } from 'yaml';
import { toCanonicalJson } from '../model/canonical.ts';
import type { Problem } from '../model/problem.ts';
import { toRecord, type UnknownRecord } from '../model/record.ts';
import { endOf, type Splice } from './splice.ts';
import { checkBounds } from './yaml-bounds.ts';
import { keyOf, pairOf } from './yaml-nodes.ts';

/** What a change of one service does to the text. */
export interface Edit {
  readonly splices: readonly Splice[] | undefined;
  /** What the text must say afterwards. */
  readonly after: UnknownRecord;
}

export interface Target {
  readonly text: string;
  readonly service: string;
  readonly file: string;
}

/**
 * The text with a change made to one service; every other byte stays. A Problem where the service does not
 * stand in it exactly once, or the text would not say afterwards what it shall.
 */
export function edit(
  { text, service, file }: Target,
  change: (services: YAMLMap, root: UnknownRecord, keyEnd: number) => Edit | undefined,
): string | Problem {
  const refuse = (message: string): Problem => ({
    file,
    line: 0,
    column: 0,
    code: 'EDIT_REFUSED',
    message,
    hint: 'edit the file by hand',
    service,
  });
  const document = readTree(text);
  if (!document) return refuse('the document has problems of its own');
  const found = pairOf(document.contents, 'services');
  const services = found?.value;
  const count = isMap(services)
    ? services.items.filter((pair) => keyOf(pair) === service).length
    : 0;
  if (!isMap(services) || count === 0) return refuse(`there is no service "${service}" in it`);
  if (count > 1) return refuse(`"${service}" is defined ${count} times in it`);
  const { splices, after } =
    change(services, toRecord(document.toJS()), endOf(found?.key) ?? 0) ?? {};
  const edited = splices === undefined ? undefined : applySplices(text, splices);
  if (edited === undefined || !says(edited, after)) {
    return refuse(`"${service}" is written in a way that cannot be edited in place`);
  }
  return edited;
}

function readTree(text: string) {
  if (checkBounds(text)) return undefined;
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  const { contents, errors } = document;
  if (errors.length > 0 || !isMap(contents)) return undefined;
  return { contents, toJS: (): unknown => document.toJS() };
}

function applySplices(text: string, splices: readonly Splice[]): string {
  const fromLast = splices.toSorted((a, b) => b.start - a.start);
  return fromLast.reduce(
    (whole, { start, end, insert }) => whole.slice(0, start) + insert + whole.slice(end),
    text,
  );
}

/** Whether the text says exactly that, and without a mistake. */
export function says(text: string, value: UnknownRecord | undefined): boolean {
  const document = readTree(text);
  return document !== undefined && toCanonicalJson(document.toJS()) === toCanonicalJson(value);
}
