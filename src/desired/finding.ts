import type { Place, Problem } from '../model/problem.ts';
import type { ProblemCode } from './problem-codes.ts';

/** Keys and indices that lead from the root of a document to a value. */
export type ValuePath = readonly (string | number)[];

/** A mistake whose place is still a path; `at` says whether the key or its value is meant. */
export interface Finding {
  readonly path: ValuePath;
  readonly at: 'key' | 'value';
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
}

/** Answers where a path is written; of what is not written, the nearest part that is. */
export type Locate = (path: ValuePath, at: 'key' | 'value') => Place;

export function toProblem(finding: Finding, locate: Locate, service?: string): Problem {
  const { path, at, code, message, hint } = finding;
  return {
    ...locate(path, at),
    code,
    message,
    ...(hint !== undefined && { hint }),
    ...(service !== undefined && { service }),
  };
}

/** `services.echo.command[0]`, relative to the part that the reader looks at. */
export function formatPath(path: ValuePath): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index ? '.' : ''}${part}`))
    .join('');
}
