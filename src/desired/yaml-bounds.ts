import { CST, Lexer } from 'yaml';
import type { ProblemCode } from './problem-codes.ts';

/** Characters of one document. A fleet of a thousand services is about a fifth of it. */
const MAX_DOCUMENT_LENGTH = 2 ** 20;
/** Levels of maps and lists; the schema itself needs six. */
const MAX_DEPTH = 32;
/** Lexical tokens of one document: some 10,000 lines, half a second of parsing. */
const MAX_TOKENS = 200_000;

/** What the text must not hold, and where (an offset). Never repeats the text: it may be a secret. */
export interface BoundsFinding {
  readonly offset: number;
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint: string;
}

/**
 * Looks through the tokens before anything is built of them: parsing hostile text takes minutes
 * (measured: 256 KiB of anchors, 110 s), reading its tokens milliseconds.
 */
export function checkBounds(text: string): BoundsFinding | undefined {
  if (text.length > MAX_DOCUMENT_LENGTH) return tooLarge(0);
  const depth = createDepth();
  let offset = 0;
  let count = 0;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    const found = checkToken(type, token, offset);
    if (found) return found;
    count += 1;
    if (count > MAX_TOKENS) return tooLarge(offset);
    if (depth.see(type) > MAX_DEPTH) return tooDeep(offset);
    if (isWritten(token)) {
      offset += token.length;
      depth.move(type, token);
    }
  }
  return undefined;
}

/** Some tokens are marks of the lexer that stand for no character of the text. */
function isWritten(token: string): boolean {
  return token !== CST.DOCUMENT && token !== CST.SCALAR && token !== CST.FLOW_END;
}

function checkToken(type: string | null, token: string, offset: number): BoundsFinding | undefined {
  switch (type) {
    case 'anchor':
    case 'alias':
      return {
        offset,
        code: 'YAML_ALIAS',
        message: 'an anchor or alias',
        hint: 'write the value out, or use a template; quote text that begins with & or *',
      };
    case 'tag':
      return {
        offset,
        code: 'YAML_TAG',
        message: 'a YAML tag',
        hint: 'remove it; quote text that begins with !',
      };
    case 'directive-line':
    case 'directive':
      return /^%YAML\s+1\.2\s*$/.test(token)
        ? undefined
        : {
            offset,
            code: 'YAML_DIRECTIVE',
            message: 'a YAML directive',
            hint: 'remove the line: documents are YAML 1.2',
          };
    case null:
    default:
      return undefined;
  }
}

/** Counts open flow collections, and block collections by their columns. */
function createDepth() {
  const columns: number[] = [];
  let flow = 0;
  let column = 0;
  let leading = true;
  return {
    see(type: string | null): number {
      if (type === 'flow-map-start' || type === 'flow-seq-start') flow += 1;
      if (type === 'flow-map-end' || type === 'flow-seq-end') flow -= 1;
      if (flow === 0 && leading && startsNode(type)) {
        while ((columns.at(-1) ?? -1) > column) columns.pop();
        if (columns.at(-1) !== column) columns.push(column);
      }
      return columns.length + flow;
    },
    move(type: string | null, token: string): void {
      const lastBreak = token.lastIndexOf('\n');
      column = lastBreak < 0 ? column + token.length : token.length - lastBreak - 1;
      if (type === 'newline' || type === 'comment') leading ||= type === 'newline';
      else leading &&= isIndicator(type);
    },
  };
}

function startsNode(type: string | null): boolean {
  return type !== 'space' && type !== 'newline' && type !== 'comment';
}

function isIndicator(type: string | null): boolean {
  return (
    type === 'space' ||
    type === 'seq-item-ind' ||
    type === 'explicit-key-ind' ||
    type === 'map-value-ind'
  );
}

function tooLarge(offset: number): BoundsFinding {
  return {
    offset,
    code: 'DOCUMENT_TOO_LARGE',
    message: `larger than a document may be (${MAX_DOCUMENT_LENGTH} characters, ${MAX_TOKENS} words)`,
    hint: 'split it into several files',
  };
}

function tooDeep(offset: number): BoundsFinding {
  return {
    offset,
    code: 'DOCUMENT_TOO_DEEP',
    message: `nested deeper than ${MAX_DEPTH} levels`,
    hint: 'flatten it; no field of a service needs so many',
  };
}
