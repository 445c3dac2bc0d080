/** The system's code (`ECONNREFUSED`) of an error, or of the error that caused it. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && !error.code.startsWith('FST_')) {
    return error.code;
  }
  return errorCode(error.cause);
}
