import { AppError } from '../errors.ts';
import type { WriteConditions } from '../model/declaration.ts';

/** What a write is about, in the words of its refusal. */
export interface Subject {
  /** As in `echo was changed`. */
  readonly called: string;
  readonly missing: string;
  /** What to do where it is there already. */
  readonly hintIfThere?: string;
  /** Where it is read again. */
  readonly url: string;
}

/**
 * `etag` is of what is there, if anything (RFC 9110 §13.1). Throws PRECONDITION_FAILED where that is not as the
 * request was made for.
 */
export function requireConditions(
  { ifMatch, ifNew, ifNoneMatch }: WriteConditions,
  etag: string | undefined,
  { called, missing, hintIfThere, url }: Subject,
): void {
  if (ifNew === true && etag !== undefined) {
    throw failed(`${called} is there already`, hintIfThere);
  }
  if (etag !== undefined && ifNoneMatch?.includes(etag) === true) {
    throw failed(`${called} is what If-None-Match names`);
  }
  if (ifMatch === undefined) return;
  if (etag !== undefined && (ifMatch === 'any' || ifMatch.includes(etag))) return;
  throw failed(etag === undefined ? missing : `${called} was changed`, `read it again: GET ${url}`);
}

function failed(message: string, hint?: string): AppError {
  return new AppError('PRECONDITION_FAILED', message, hint === undefined ? {} : { hint });
}
