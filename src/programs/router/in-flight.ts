import type { ServerResponse } from 'node:http';

export interface InFlight {
  /** Counts one exchange until its response is finished or its client is gone. */
  enter(instance: string, response: ServerResponse): void;
  counts(): Readonly<Record<string, number>>;
}

/** Counts open exchanges by instance, so that a drain can end when the last is over. */
export function createInFlight(): InFlight {
  const counts = new Map<string, number>();
  const add = (instance: string, change: number): void => {
    const count = (counts.get(instance) ?? 0) + change;
    if (count === 0) counts.delete(instance);
    else counts.set(instance, count);
  };
  return {
    enter(instance, response) {
      add(instance, 1);
      response.once('close', () => add(instance, -1));
    },
    counts: () => Object.fromEntries(counts),
  };
}
