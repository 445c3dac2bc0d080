import type { ServerResponse } from 'node:http';

export interface InFlight {
  /** Counts one exchange until its response is finished or its client is gone. */
  enter(instance: string, response: ServerResponse): void;
  counts(): Readonly<Record<string, number>>;
  /** How long ago, in milliseconds, each instance last answered with success. */
  answeredAgoMs(): Readonly<Record<string, number>>;
}

/** Far more than one machine runs; the one that was silent for longest goes first. */
const MOST_INSTANCES = 4_096;

/** Counts open exchanges by instance, so that a drain can end when the last is over, and knows who answers. */
export function createInFlight(): InFlight {
  const counts = new Map<string, number>();
  const add = (instance: string, change: number): void => {
    const count = (counts.get(instance) ?? 0) + change;
    if (count === 0) counts.delete(instance);
    else counts.set(instance, count);
  };
  const answered = new Map<string, number>();
  const noteAnswer = (instance: string, { statusCode }: ServerResponse): void => {
    if (statusCode < 200 || statusCode > 299) return;
    answered.delete(instance);
    answered.set(instance, performance.now());
    const [oldest] = answered.keys();
    if (answered.size > MOST_INSTANCES && oldest !== undefined) answered.delete(oldest);
  };
  return {
    enter(instance, response) {
      add(instance, 1);
      response.once('finish', () => noteAnswer(instance, response));
      response.once('close', () => add(instance, -1));
    },
    answeredAgoMs() {
      const nowMs = performance.now();
      return Object.fromEntries([...answered].map(([name, atMs]) => [name, nowMs - atMs]));
    },
    counts: () => Object.fromEntries(counts),
  };
}
