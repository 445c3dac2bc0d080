import { closeSync, openSync } from 'node:fs';

/** Makes an empty file that only its user reads, unless it is there: SQLite leaves that to the umask. Its logs beside it are as it is. */
export function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
