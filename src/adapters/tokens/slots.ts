export interface Slots {
  /** Runs it as soon as a place is free; undefined, and nothing was run, where too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T> | undefined;
}

/** At most `atOnce` at a time, and `waiting` behind them, in order. */
export function createSlots(atOnce: number, waiting: number): Slots {
  const queue: (() => void)[] = [];
  let busy = 0;

  async function runNow<T>(work: () => Promise<T>): Promise<T> {
    busy += 1;
    try {
      return await work();
    } finally {
      busy -= 1;
      queue.shift()?.();
    }
  }

  return {
    run(work) {
      if (busy < atOnce) return runNow(work);
      if (queue.length >= waiting) return undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      queue.push(resolve);
      return promise.then(() => runNow(work));
    },
  };
}
