import { type Document, LineCounter, parseDocument } from 'yaml';
import type { Problem } from '../model/problem.ts';
import type { Locate, ValuePath } from './finding.ts';
import type { ProblemCode } from './problem-codes.ts';
import { checkBounds } from './yaml-bounds.ts';
import { cleanNode, type KeyMistake, offsetOf } from './yaml-nodes.ts';

/** Errors of one broken file that are told: what follows the first is mostly its echo. */
const MAX_SYNTAX_PROBLEMS = 3;

/** The plain value of one YAML text, what is wrong with its keys, and where each part stands. */
export type YamlSource =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Keys that were left out of the value, each with the problem it is. */
      readonly keyProblems: readonly KeyProblem[];
      readonly locate: Locate;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface KeyProblem {
  readonly path: ValuePath;
  readonly problem: Problem;
}

export interface YamlOptions {
  readonly file: string;
  readonly text: string;
  /** Paths whose numbers and booleans are wanted exactly as written (`1.10`, `08`). */
  readonly asWritten: (path: ValuePath) => boolean;
}

/** Reads YAML 1.2 (core schema, so JSON too): one document, no aliases, bounded size and depth. */
export function readYaml({ file, text, asWritten }: YamlOptions): YamlSource {
  const bound = checkBounds(text);
  if (bound) {
    const { offset, ...rest } = bound;
    return {
      ok: false,
      problems: [{ file, ...position(text, indexLines(text), offset), ...rest }],
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const problems = syntaxProblems(document).map(({ offset, ...rest }) => ({
    file,
    ...position(text, lines, offset),
    ...rest,
  }));
  if (problems.length > 0) return { ok: false, problems };
  const mistakes: KeyMistake[] = [];
  const lineOf = (offset: number) => position(text, lines, offset).line;
  cleanNode(document.contents, [], { mistakes, asWritten, lineOf });
  const keyProblems = mistakes.map(({ path, offset, ...rest }) => ({
    path,
    problem: { file, ...position(text, lines, offset), ...rest },
  }));
  const locate: Locate = (path, at) => ({
    file,
    ...position(text, lines, offsetOf(document.contents, path, at)),
  });
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  return { ok: true, value, keyProblems, locate };
}

function indexLines(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const match of text.matchAll(/\n/g)) lines.addNewLine(match.index + 1);
  return lines;
}

/** A byte order mark is no column of the first line. */
function position(
  text: string,
  lines: LineCounter,
  offset: number,
): { line: number; column: number } {
  const { line, col } = lines.linePos(Math.min(offset, text.length));
  const mark = line === 1 && col > 1 && text.startsWith('\uFEFF') ? 1 : 0;
  return { line: Math.max(line, 1), column: Math.max(col - mark, 1) };
}

interface SyntaxProblem {
  readonly offset: number;
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
}

function syntaxProblems(document: Document.Parsed): readonly SyntaxProblem[] {
  const errors = [...document.errors, ...document.warnings].slice(0, MAX_SYNTAX_PROBLEMS);
  return errors.map(({ code, message, pos }) => ({ offset: pos[0], ...explain(code, message) }));
}

function explain(code: string, message: string): Omit<SyntaxProblem, 'offset'> {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return {
        code: 'YAML_MULTIPLE_DOCUMENTS',
        message: 'a second YAML document begins here',
        hint: 'put each into a file of its own, or all services under one `services:`',
      };
    case 'TAB_AS_INDENT':
      return { code: 'YAML_SYNTAX', message: 'a tab is no indentation', hint: 'use spaces' };
    case 'RESOURCE_EXHAUSTION':
      return {
        code: 'DOCUMENT_TOO_DEEP',
        message: 'nested too deep to be read',
        hint: 'flatten it',
      };
    default:
      return { code: 'YAML_SYNTAX', message: withoutQuote(message) };
  }
}

/** The library's sentence without the piece of the text that it quotes: that may be a secret. */
export function withoutQuote(message: string): string {
  const [said = ''] = message.split(/\n|:? ["'`]/, 1);
  return `${said.charAt(0).toLowerCase()}${said.slice(1)}`;
}
