import { basename } from 'node:path';
import type { Problem } from '../model/problem.ts';
import type { LibraryEntry, TemplateLibrary } from './apply-template.ts';
import { type ParsedTemplate, parseTemplate, type TemplateCheck } from './parse-template.ts';

/** One file as read: its text, or why it could not be read. */
export type TextFile =
  | { readonly file: string; readonly text: string }
  | { readonly file: string; readonly error: string };

export interface Library {
  readonly templates: TemplateLibrary;
  readonly problems: readonly Problem[];
}

/** Answers the same object as long as no template changed, so that what is made of it can be kept. */
export function createLibraryReader(
  check: TemplateCheck,
): (files: readonly TextFile[], folder: string) => Library {
  let last: { readonly files: readonly TextFile[]; readonly library: Library } | undefined;
  return (files, folder) => {
    if (last && sameFiles(last.files, files)) return last.library;
    const known = new Map(last?.files.map((file) => [file.file, file]));
    const before = last?.library.templates;
    const entries = files.map((file): [string, LibraryEntry] => {
      const name = file.file.replace(/\.json$/, '');
      const kept = sameFile(known.get(file.file), file) ? before?.get(name) : undefined;
      return [name, kept ?? readEntry(file, `${basename(folder)}/${file.file}`, check)];
    });
    const templates = new Map(entries);
    const problems = entries.flatMap(([, { parsed }]) =>
      parsed.kind === 'broken' ? parsed.problems : [],
    );
    last = { files, library: { templates, problems } };
    return last.library;
  };
}

/** Whether two readings of one file hold the same. */
export function sameFile(a: TextFile | undefined, b: TextFile): boolean {
  if (!a || a.file !== b.file) return false;
  return 'text' in a ? 'text' in b && a.text === b.text : 'error' in b && a.error === b.error;
}

function sameFiles(a: readonly TextFile[], b: readonly TextFile[]): boolean {
  return a === b || (a.length === b.length && b.every((file, index) => sameFile(a[index], file)));
}

function readEntry(file: TextFile, shown: string, check: TemplateCheck): LibraryEntry {
  const parsed: ParsedTemplate =
    'text' in file
      ? parseTemplate({ file: shown, text: file.text }, check)
      : { kind: 'broken', problems: [unreadable(shown, file.error)] };
  return { file: shown, parsed };
}

function unreadable(file: string, error: string): Problem {
  const hint = 'check that the file is there and may be read';
  return { file, line: 0, column: 0, code: 'TEMPLATE_UNREADABLE', message: error, hint };
}
