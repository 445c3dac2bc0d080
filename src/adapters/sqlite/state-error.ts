import { dirname } from 'node:path';
import { AppError } from '../../errors.ts';

/** SQLite's primary result codes (sqlite.org/rescode.html); extended ones carry them in the low byte. */
const BUSY = 5;
const CORRUPT = 11;
const FULL = 13;
const CONSTRAINT = 19;
const NOT_A_DATABASE = 26;

/**
 * What SQLite or the file system said about the state file, as STATE_UNWRITABLE with path and way
 * out. An AppError, a broken constraint and anything else stay as they are: those are ours.
 */
export function toStateError(error: unknown, file: string): unknown {
  if (!isFailure(error)) return error;
  const code = primaryCode(error);
  if (code === CONSTRAINT) return error;
  return new AppError('STATE_UNWRITABLE', `${file} cannot be used: ${error.message}`, {
    cause: error,
    hint: wayOut(code, error.code, file),
  });
}

/** Another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return isFailure(error) && primaryCode(error) === BUSY;
}

type Failure = Error & { readonly code: string; readonly errcode?: number };

function primaryCode({ errcode }: Failure): number | undefined {
  return errcode === undefined ? undefined : errcode & 0xff;
}

function isFailure(error: unknown): error is Failure {
  if (!(error instanceof Error) || error instanceof AppError) return false;
  return 'code' in error && ('errcode' in error || 'syscall' in error);
}

function wayOut(code: number | undefined, name: string, file: string): string {
  if (code === FULL || name === 'ENOSPC') return `free space on the disk of ${dirname(file)}`;
  if (code === CORRUPT || code === NOT_A_DATABASE) {
    return 'move the file away: it is made anew, no service is lost, and what that resets is listed in docs/operations.md';
  }
  if (code === BUSY) return 'another process holds the file: end it, or try again';
  return `make ${dirname(file)} writable for the user that runs mcp-manager, or set STATE_DIR`;
}
