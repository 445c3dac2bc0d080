import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { withoutQuote } from './yaml-source.ts';

/** The first document of a file that is not ours, or why it cannot be read. */
export type ForeignYaml = { readonly value: unknown } | { readonly mistake: string };

/** A bomb of aliases ends here. */
const MOST_ALIASES = 100;

/** Reads what shall be a YAML map, or nothing, of somebody else's. No mistake quotes the text. */
export function readForeignYaml(text: string): ForeignYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const { errors, contents } = document;
  const [error] = errors.filter(({ code }) => code !== 'MULTIPLE_DOCS');
  if (error) {
    const { line } = lines.linePos(Math.min(error.pos[0], text.length));
    return { mistake: `line ${String(Math.max(line, 1))}: ${withoutQuote(error.message)}` };
  }
  const isEmpty = contents === null || (isScalar(contents) && contents.value === null);
  if (!isEmpty && !isMap(contents)) return { mistake: 'not a map of names and values' };
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }) };
  } catch {
    return { mistake: 'an alias leads nowhere, or they unfold to too much' };
  }
}
