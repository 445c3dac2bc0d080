import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a piece of work took, in milliseconds. */
export interface Measured {
  readonly wallMs: number;
  /** Own CPU: user and system, all threads of this process. */
  readonly cpuMs: number;
  /** The longest time in which the event loop could not turn. */
  readonly blockMs: number;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The event loop is looked at so often. */
const RESOLUTION_MS = 1;

/** Measures one run of the work; what blocks for less than the resolution is not seen. */
export async function measure(
  work: () => unknown,
  resolutionMs = RESOLUTION_MS,
): Promise<Measured> {
  const settleMs = 5 * resolutionMs;
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  await sleep(settleMs);
  delay.reset();
  // The first look after a reset only begins the count.
  await sleep(settleMs);
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  await work();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  await sleep(settleMs);
  delay.disable();
  const blockMs = Math.max(0, delay.max / 1e6 - resolutionMs);
  return { wallMs, cpuMs: (user + system) / 1000, blockMs };
}

/** Measures the work again and again; the first `warmUp` rounds do not count. */
export async function measureRounds(
  work: (round: number) => unknown,
  { rounds, warmUp = 0 }: { rounds: number; warmUp?: number },
): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const one = await measure(() => work(round));
    if (round >= warmUp) measured.push(one);
  }
  return measured;
}

/** Median, least and most of some figures; there must be one. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}
