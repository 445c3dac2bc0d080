import { setTimeout as pause } from 'node:timers/promises';
import { signalMarked } from './processes.ts';

const POLL_MS = 10;
/** Half a second of killing: what still lives then cannot be killed (it hangs in the kernel). */
const MOST_ROUNDS = 50;

/** Kills every process that carries the marker until none is left; answers how many there were. */
export async function sweep(marker: string): Promise<number> {
  let most = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const found = signalMarked(marker, 'SIGKILL');
    if (found === 0) break;
    most = Math.max(most, found);
    await pause(POLL_MS);
  }
  return most;
}
