import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../errors.ts';
import type { Lease } from '../../ports.ts';
import { makePrivateFile } from './private-file.ts';
import { isBusy, toStateError } from './state-error.ts';

/** Who holds the lease, for people. */
export interface LeaseHolder {
  readonly pid: number;
  readonly host: string;
  /** The command: `run`, `apply`. */
  readonly what: string;
  readonly startedAtMs: number;
}

/**
 * Takes the state folder for this process, or throws LEASE_HELD that names the holder. The lock is
 * the operating system's: it is gone with the process, also after `kill -9`. `release` is idempotent.
 */
export function takeLease(options: {
  readonly stateFolder: string;
  readonly holder: LeaseHolder;
}): Lease {
  const { stateFolder, holder } = options;
  const lockFile = join(stateFolder, 'lease.db');
  const holderFile = join(stateFolder, 'holder.json');
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    makePrivateFile(lockFile);
    return lockExclusively(lockFile, () => writeHolder(holderFile, holder));
  } catch (error) {
    throw isBusy(error) ? toLeaseHeld(stateFolder, holderFile) : toStateError(error, lockFile);
  }
}

/**
 * An open exclusive transaction of SQLite is an fcntl lock: no lock file that could be left over.
 * `onLocked` answers what to undo before the lock goes.
 */
function lockExclusively(file: string, onLocked: () => () => void): Lease {
  const lock = new DatabaseSync(file, { timeout: 0 });
  let undo: (() => void) | undefined;
  function release(): void {
    process.off('exit', release);
    undo?.();
    undo = undefined;
    if (lock.isOpen) lock.close();
  }
  try {
    lock.exec('BEGIN EXCLUSIVE');
    undo = onLocked();
    // Also keeps the lock reachable: a collected connection would free it silently.
    process.on('exit', release);
    return {
      // The kernel gives the lock to nobody else while we live.
      confirm: () => Promise.resolve(),
      lost: new AbortController().signal,
      release: async () => release(),
    };
  } catch (error) {
    release();
    throw error;
  }
}

function writeHolder(file: string, holder: LeaseHolder): () => void {
  writeFileSync(file, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

function toLeaseHeld(stateFolder: string, holderFile: string): AppError {
  return new AppError(
    'LEASE_HELD',
    `the state folder ${stateFolder} is held by ${describeHolder(holderFile)}`,
    {
      hint: 'end that process, or give this one another STATE_DIR; the lease is free as soon as the process is gone',
    },
  );
}

/** The file is written after the lock is taken, so for a moment it may be missing or half there. */
function describeHolder(holderFile: string): string {
  try {
    const { pid, host, what, startedAtMs }: LeaseHolder = JSON.parse(
      readFileSync(holderFile, 'utf8'),
    );
    return `"${what}", process ${pid} on ${host}, started ${new Date(startedAtMs).toISOString()}`;
  } catch {
    return 'another process that is just starting';
  }
}
