import { expect } from 'vitest';
import { eventually } from './eventually.ts';

/** Calls again and again, as a client under load; `call` answers what went wrong, or throws it. */
export function callWithoutPause(call: () => Promise<string | undefined>) {
  const stopping = new AbortController();
  let answers = 0;
  const failures: string[] = [];
  const calling = (async () => {
    while (!stopping.signal.aborted) {
      const failure = await call().catch(String);
      if (failure === undefined) answers += 1;
      else failures.push(failure);
    }
  })();
  return {
    async hasMore(): Promise<void> {
      const before = answers;
      await eventually(() => expect(answers).toBeGreaterThan(before + 10));
    },
    /** Answers what went wrong. */
    async stop(): Promise<readonly string[]> {
      stopping.abort();
      await calling;
      return failures;
    },
  };
}
