import type { Problem } from '../model/problem.ts';
import type { ServiceDocument } from './documents.gen.ts';
import { type Locate, toProblem, type ValuePath } from './finding.ts';
import { toRecord, type UnknownRecord } from '../model/record.ts';
import type { SchemaCheck } from './schema-check.ts';
import { readYaml } from './yaml-source.ts';

/** One service as written, or what is wrong with it. */
export type WrittenService = { readonly name: string } & (
  | { readonly ok: true; readonly document: ServiceDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] }
);

/**
 * One file as read: `broken` says nothing about the services it holds. `unnamed` counts entries
 * whose name is not legal, so that nobody can say which service they are.
 */
export type ParsedDocument =
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] }
  | {
      readonly kind: 'parsed';
      readonly services: readonly WrittenService[];
      readonly problems: readonly Problem[];
      readonly unnamed: number;
      readonly locate: Locate;
    };

interface DocumentText {
  readonly file: string;
  readonly text: string;
}

/** Text of one document to its services; every mistake in it is a problem with its place. */
export function parseDocument({ file, text }: DocumentText, check: SchemaCheck): ParsedDocument {
  const source = readYaml({ file, text, asWritten: isTextValue });
  if (!source.ok) return { kind: 'broken', problems: source.problems };
  if (source.value === null || source.value === undefined)
    return { kind: 'broken', problems: [empty(file)] };
  const found: Located[] = [
    ...source.keyProblems.map(nameTwice),
    ...check.document(source.value).map((finding) => ({
      path: finding.path,
      problem: toProblem(finding, source.locate),
    })),
  ];
  const ofFile = found.filter(({ path }) => path[0] !== 'services' || path.length < 2);
  if (ofFile.length > 0) return { kind: 'broken', problems: found.map(({ problem }) => problem) };
  const written = splitServices(toRecord(toRecord(source.value)['services']), found, check);
  return { kind: 'parsed', locate: source.locate, ...written };
}

interface Located {
  readonly path: ValuePath;
  readonly problem: Problem;
}

function isTextValue(path: ValuePath): boolean {
  const isMap = path[2] === 'env' || path[2] === 'headers';
  return path.length === 4 && path[0] === 'services' && isMap;
}

function empty(file: string): Problem {
  return {
    file,
    line: 1,
    column: 1,
    code: 'DOCUMENT_EMPTY',
    message: 'the file is empty',
    hint: 'delete it, or write `apiVersion: mcp-manager/v1` and `services: {}`',
  };
}

function nameTwice({ path, problem }: Located): Located {
  if (problem.code !== 'DUPLICATE_KEY' || path[0] !== 'services' || path.length !== 2)
    return { path, problem };
  const message = problem.message.replace('set in', 'defined in');
  const hint = 'rename or remove one of the two';
  return { path, problem: { ...problem, code: 'DUPLICATE_NAME', message, hint } };
}

const NAMELESS: readonly string[] = ['NAME_INVALID', 'KEY_NOT_TEXT', 'KEY_FORBIDDEN'];

function splitServices(services: UnknownRecord, found: readonly Located[], check: SchemaCheck) {
  const unnamed = found.filter(
    ({ path, problem }) => path.length === 2 && NAMELESS.includes(problem.code),
  );
  const illegal = new Set(unnamed.map(({ path }) => path[1]));
  const byName = Map.groupBy(found, ({ path }) => String(path[1]));
  return {
    problems: unnamed.map(({ problem }) => problem),
    unnamed: unnamed.length,
    services: Object.entries(services)
      .filter(([name]) => !illegal.has(name))
      .map(([name, value]) => toWritten(name, value, { wrong: byName.get(name) ?? [], check })),
  };
}

function toWritten(
  name: string,
  value: unknown,
  { wrong, check }: { readonly wrong: readonly Located[]; readonly check: SchemaCheck },
): WrittenService {
  const checked = check.service(value);
  if (wrong.length === 0 && checked.ok) return { name, ok: true, document: checked.value };
  return { name, ok: false, problems: wrong.map(({ problem }) => ({ ...problem, service: name })) };
}
