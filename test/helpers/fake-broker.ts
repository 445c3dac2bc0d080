import { AppError } from '../../src/errors.ts';
import type { Broker } from '../../src/ports.ts';

/** Keeps the promises of a broker in memory, and breaks down when it is told to. */
export interface FakeBroker extends Broker {
  /** The next calls fail, and store nothing. */
  fail(calls: number): void;
  /** The next publications are stored, but their answers are lost. */
  failAfterStoring(calls: number): void;
  /** As after a crash: the tail is gone. */
  loseAbove(number: number): void;
  /** As if it had stored events up to this number. */
  claim(producer: string, number: number): void;
  /** There is no connection from now on, until `reconnect`. */
  disconnect(cause: string): void;
  reconnect(): void;
  numbers(producer?: string): readonly number[];
  producers(): readonly string[];
  calls(): number;
  /** Events in each publication. */
  sizes(): readonly number[];
  /** Time between calls. */
  pausesMs(): readonly number[];
}

interface Entry {
  readonly producer: string;
  readonly number: number;
}

/** A broker that injects faults; everything else is as with a real one. */
export function createFakeBroker(): FakeBroker {
  const memory = createMemory();
  const faults = createFaults();
  const listeners = new Set<() => void>();
  const sizes: number[] = [];
  let lost: string | undefined;
  return {
    ...memory,
    ...faults,
    async publish({ producer, after, events }) {
      faults.noteCall();
      sizes.push(events.length);
      const numbers = events.map(({ number }) => number);
      const highest = memory.add(producer, after, numbers);
      faults.noteAnswer();
      return highest;
    },
    async lastStored(producer) {
      faults.noteCall();
      return memory.lastOf(producer);
    },
    watch(wake, signal) {
      listeners.add(wake);
      signal.addEventListener('abort', () => listeners.delete(wake), { once: true });
    },
    trouble: () => lost,
    close: () => Promise.resolve(),
    disconnect: (cause) => void (lost = cause),
    reconnect() {
      lost = undefined;
      for (const wake of listeners) wake();
    },
    sizes: () => sizes,
  };
}

function createMemory() {
  let entries: readonly Entry[] = [];
  const last = new Map<string, number>();
  const lastOf = (producer: string) => last.get(producer) ?? 0;
  return {
    lastOf,
    add(producer: string, after: number, numbers: readonly number[]): number {
      const stored = lastOf(producer);
      if (stored < after) return stored;
      const added = numbers.filter((number) => number > stored);
      entries = [...entries, ...added.map((number) => ({ producer, number }))];
      last.set(producer, added.at(-1) ?? stored);
      return lastOf(producer);
    },
    loseAbove(number: number): void {
      entries = entries.filter((entry) => entry.number <= number);
      for (const producer of last.keys()) last.set(producer, number);
    },
    claim: (producer: string, number: number) => void last.set(producer, number),
    numbers(producer?: string): readonly number[] {
      const own = entries.filter((entry) => producer === undefined || entry.producer === producer);
      return own.map(({ number }) => number);
    },
    producers: () => [...last.keys()],
  };
}

function createFaults() {
  const callsAtMs: number[] = [];
  let failures = 0;
  let lostAnswers = 0;
  return {
    noteCall(): void {
      callsAtMs.push(performance.now());
      if (failures === 0) return;
      failures -= 1;
      throw new AppError('BROKER_UNAVAILABLE', 'the broker is away');
    },
    noteAnswer(): void {
      if (lostAnswers === 0) return;
      lostAnswers -= 1;
      throw new AppError('BROKER_UNAVAILABLE', 'the answer is lost');
    },
    fail: (calls: number) => void (failures = calls),
    failAfterStoring: (calls: number) => void (lostAnswers = calls),
    calls: () => callsAtMs.length,
    pausesMs: () => callsAtMs.slice(1).map((atMs, index) => atMs - (callsAtMs[index] ?? 0)),
  };
}
