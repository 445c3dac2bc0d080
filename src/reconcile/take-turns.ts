import { setImmediate } from 'node:timers/promises';
import type { Parts } from '../model/parts.ts';

/** Does all parts; whatever else is to be done gets its turn between them. */
export async function takeTurns<Result>(parts: Parts<Result>): Promise<Result> {
  for (;;) {
    const part = parts.next();
    if (part.done === true) return part.value;
    await setImmediate();
  }
}
