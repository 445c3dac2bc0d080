/** How long an answer is waited for, and what holds when there is none by then, or the signal aborts. */
export interface Patience<T> {
  readonly withinMs: number;
  readonly signal: AbortSignal;
  readonly late: T;
}

/** Asks, and tells who is asked when it need not answer any more. Rejects with what it is answered. */
export async function answerWithin<T>(
  { withinMs, signal, late }: Patience<T>,
  ask: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  const lateness = Promise.withResolvers<T>();
  const onLate = (): void => lateness.resolve(late);
  deadline.addEventListener('abort', onLate, { once: true });
  try {
    return await Promise.race([ask(deadline), lateness.promise]);
  } finally {
    deadline.removeEventListener('abort', onLate);
  }
}
