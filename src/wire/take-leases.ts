import { hostname } from 'node:os';
import { takeLease, type LeaseHolder } from '../adapters/sqlite/lease.ts';
import type { Config } from '../config.ts';
import type { Lease, Log } from '../ports.ts';

/** Its calls take milliseconds; a renewal must not wait for one that hangs. */
const DEADLINE_MS = 10_000;

export interface Claim {
  readonly managerId: string;
  readonly stateFolder: string;
  readonly log: Log;
}

/**
 * The right to write: in the state folder, and where containers run for the manager id on their engine.
 * `what` is the command that wants it. Throws LEASE_HELD, or TIMED_OUT with the signal.
 */
export async function takeLeases(
  config: Config,
  claim: Claim & { readonly what: string },
  signal: AbortSignal,
): Promise<Lease> {
  const { stateFolder, what } = claim;
  const holder = { pid: process.pid, host: hostname(), what, startedAtMs: Date.now() };
  const folder = takeLease({ stateFolder, holder });
  if (config.runtime !== 'podman' || config.engineSocket === undefined) return folder;
  try {
    const engine = await takeOnEngine(config.engineSocket, { ...claim, holder }, signal);
    return {
      ...engine,
      async release() {
        await engine.release();
        await folder.release();
      },
    };
  } catch (error) {
    await folder.release();
    throw error;
  }
}

async function takeOnEngine(
  socket: string,
  { managerId, stateFolder, log, holder }: Claim & { readonly holder: LeaseHolder },
  signal: AbortSignal,
): Promise<Lease> {
  const [{ openEngine }, { takeEngineLease }] = await Promise.all([
    import('../adapters/podman/engine.ts'),
    import('../adapters/podman/engine-lease.ts'),
  ]);
  const engine = openEngine({ socket, slots: 1, deadlineMs: DEADLINE_MS });
  const options = { engine, managerId, holder: { ...holder, stateFolder }, clock: Date.now, log };
  return takeEngineLease(options, signal);
}
