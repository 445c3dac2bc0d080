import type { Parts } from '../model/parts.ts';
import type { Place, Problem } from '../model/problem.ts';
import { type Expanded, expandService, type LoaderSettings } from './expand.ts';
import { createLibraryReader, type Library, sameFile, type TextFile } from './library.ts';
import { type ParsedDocument, parseDocument } from './parse.ts';
import type { TemplateCheck } from './parse-template.ts';
import type { SchemaCheck } from './schema-check.ts';

/** Problems of one file that are told; the rest is counted. */
const MAX_PROBLEMS_OF_FILE = 100;
/** Characters of documents that are read within some milliseconds. */
const PART_LENGTH = 8 * 1024;

export interface ReadService {
  readonly name: string;
  readonly place: Place;
  readonly expanded: Expanded;
}

/** What one file says: nothing that can be trusted, or its services, each good or bad. */
export type FileResult =
  | { readonly kind: 'broken'; readonly file: string; readonly problems: readonly Problem[] }
  | {
      readonly kind: 'read';
      readonly file: string;
      readonly services: readonly ReadService[];
      readonly problems: readonly Problem[];
      /** Entries whose name is not legal, so that nobody knows which service they are. */
      readonly unnamed: number;
    };

export interface TextFiles {
  readonly documentsFolder: string;
  readonly templatesFolder: string;
  readonly documents: readonly TextFile[];
  readonly templates: readonly TextFile[];
}

export interface ReadFiles {
  readonly library: Library;
  readonly results: readonly FileResult[];
}

interface Kept {
  readonly source: TextFile;
  readonly parsed: ParsedDocument;
  readonly library: Library;
  readonly folders: string;
  readonly result: FileResult;
}

/** Reads all files, in parts; what did not change since the last call costs a comparison. */
export function createFilesReader(
  settings: LoaderSettings,
  checks: TemplateCheck,
): (set: TextFiles) => Parts<ReadFiles> {
  const { schema } = checks;
  const readLibrary = createLibraryReader(checks);
  let kept: ReadonlyMap<string, Kept> = new Map();

  return function* read(set) {
    const library = readLibrary(set.templates, set.templatesFolder);
    const folders = `${set.documentsFolder}\n${set.templatesFolder}`;
    const context = { ...set, library, schema, settings };
    const next = new Map<string, Kept>();
    let length = 0;
    for (const source of set.documents) {
      const { file } = source;
      const last = kept.get(file);
      const isSame = sameFile(last?.source, source);
      const parsed = last && isSame ? last.parsed : parseSource(source, schema);
      const isKept = last && isSame && last.library === library && last.folders === folders;
      if (isKept) next.set(file, last);
      else {
        const result = expandFile(file, parsed, context);
        next.set(file, { source, parsed, library, folders, result });
        length += 'text' in source ? source.text.length : 0;
      }
      if (length < PART_LENGTH) continue;
      length = 0;
      yield;
    }
    kept = next;
    return { library, results: [...next.values()].map(({ result }) => result) };
  };
}

function parseSource(source: TextFile, schema: SchemaCheck): ParsedDocument {
  if ('text' in source) return parseDocument(source, schema);
  return { kind: 'broken', problems: [unreadable(source)] };
}

interface FileContext extends Pick<TextFiles, 'documentsFolder' | 'templatesFolder'> {
  readonly library: Library;
  readonly schema: SchemaCheck;
  readonly settings: LoaderSettings;
}

function expandFile(
  file: string,
  parsed: ParsedDocument,
  { library: { templates }, ...context }: FileContext,
): FileResult {
  if (parsed.kind === 'broken') {
    return { kind: 'broken', file, problems: truncate(parsed.problems) };
  }
  const { locate, unnamed } = parsed;
  const services = parsed.services.map((written) => ({
    name: written.name,
    place: locate(['services', written.name], 'key'),
    expanded: expandService(written, { ...context, file, locate, templates }),
  }));
  const own = services.flatMap(({ expanded }) =>
    expanded.kind === 'bad' ? expanded.problems : [],
  );
  return {
    kind: 'read',
    file,
    services,
    unnamed,
    problems: truncate([...parsed.problems, ...own]),
  };
}

function unreadable({ file, error }: { readonly file: string; readonly error: string }): Problem {
  const hint = 'check that the file is there and may be read';
  return { file, line: 0, column: 0, code: 'DOCUMENT_UNREADABLE', message: error, hint };
}

function truncate(problems: readonly Problem[]): readonly Problem[] {
  const rest = problems.length - MAX_PROBLEMS_OF_FILE;
  const last = problems[MAX_PROBLEMS_OF_FILE];
  if (rest <= 0 || last === undefined) return problems;
  const { service: _service, hint: _hint, ...said } = last;
  const more = { ...said, message: `${last.message}, and ${rest - 1} more problems in this file` };
  return [...problems.slice(0, MAX_PROBLEMS_OF_FILE), more];
}

/** Why nobody can know all names that are desired; undefined when all are known. */
export function findIncompleteCause(results: readonly FileResult[]): string | undefined {
  const causes = results.flatMap((result) => {
    if (result.kind === 'broken') return [`${result.file} cannot be used`];
    return result.unnamed > 0 ? [`${result.file} holds a service without a legal name`] : [];
  });
  const [first, ...others] = causes;
  return others.length === 0 ? first : `${first ?? ''}, and ${others.length} more files`;
}
