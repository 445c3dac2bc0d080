/** Where something is written. Lines and columns count from 1; 0 means "the file as a whole". */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A user's mistake: data, never thrown. `hint` says the way out, `service` names whom it freezes. */
export interface Problem extends Place {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly service?: string;
}

/** `file:line:column CODE message (hint)`, the one form in which every problem is printed. */
export function formatProblem({ file, line, column, code, message, hint }: Problem): string {
  const where = line > 0 ? `${file}:${line}:${column}` : file;
  return `${where} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`;
}
