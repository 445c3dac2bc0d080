/**
 * The answer, unless the signal aborts meanwhile: then what `toError` makes of that is thrown, by default
 * the signal's reason. Who answers is not called back; the answer is not waited for any longer.
 */
export async function orAborted<T>(
  answer: Promise<T>,
  signal: AbortSignal,
  toError: () => unknown = () => signal.reason,
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(toError());
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
