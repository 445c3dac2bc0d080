import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../errors.ts';
import { MIGRATIONS } from './migrations.ts';
import { makePrivateFile } from './private-file.ts';
import { isBusy, toStateError } from './state-error.ts';

/** Only a second command's first open or a checkpoint can hold the file, both for milliseconds. */
const BUSY_MS = 2_000;
const TRY_AGAIN_MS = 5;
/** What a checkpoint leaves of the write-ahead log on disk. */
const LOG_BYTES = 4 * 1024 * 1024;

export interface Database {
  readonly connection: DatabaseSync;
  /** Runs reads; what SQLite throws becomes an AppError. */
  read<T>(work: () => T): T;
  /** Runs `work` as one durable transaction, or leaves nothing of it and throws an AppError. */
  write<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the file at the newest schema version; folder and file are made where they are missing.
 * Throws STATE_NEWER for a file of a later release and STATE_UNWRITABLE for anything else.
 */
export function openDatabase(file: string): Database {
  return guarded(file, () => {
    if (file !== ':memory:') {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      makePrivateFile(file);
    }
    const connection = new DatabaseSync(file, { timeout: BUSY_MS });
    try {
      return prepareDatabase(connection, file);
    } catch (error) {
      connection.close();
      throw error;
    }
  });
}

function prepareDatabase(connection: DatabaseSync, file: string): Database {
  refuseNewer(connection, file);
  setWriteAheadLog(connection);
  connection.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA journal_size_limit = ${LOG_BYTES};
  `);
  transact(connection, () => migrate(connection));
  const assertInPlace = file === ':memory:' ? () => {} : watchPlace(file);
  return {
    connection,
    read: (work) => guarded(file, work),
    write(work) {
      return guarded(file, () => {
        assertInPlace();
        return transact(connection, work);
      });
    },
    close() {
      if (connection.isOpen) guarded(file, () => closeConnection(connection));
    },
  };
}

/**
 * Of all locks SQLite does not wait for this one, since two that wait for it could wait for each other:
 * so here it is waited for, when several open a new file at once.
 */
function setWriteAheadLog(connection: DatabaseSync): void {
  const endMs = performance.now() + BUSY_MS;
  for (;;) {
    try {
      connection.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > endMs) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRY_AGAIN_MS);
  }
}

/** An open file that was removed still takes every write, and keeps none: that must not pass for durable. */
function watchPlace(file: string): () => void {
  const { ino, dev } = statSync(file);
  return () => {
    const now = statSync(file, { throwIfNoEntry: false });
    if (now?.ino === ino && now.dev === dev) return;
    throw new AppError('STATE_UNWRITABLE', `${file} was removed or replaced while it was in use`, {
      hint: 'restart mcp-manager: it goes on with the file that is there, or makes a new one',
    });
  };
}

/** Before anything is written: a newer file stays byte for byte as it is. */
function refuseNewer(connection: DatabaseSync, file: string): void {
  const version = versionOf(connection);
  if (version <= MIGRATIONS.length) return;
  throw new AppError(
    'STATE_NEWER',
    `${file} was written by a newer mcp-manager: it has schema version ${version}, this one knows ${MIGRATIONS.length}`,
    {
      hint: 'run that version again, or move the file away: it is made anew, and what that resets is listed in docs/operations.md',
    },
  );
}

function migrate(connection: DatabaseSync): void {
  const steps = MIGRATIONS.slice(versionOf(connection));
  // Whoever only looks leaves the file as it is, byte for byte.
  if (steps.length === 0) return;
  for (const step of steps) connection.exec(step);
  connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
}

function versionOf(connection: DatabaseSync): number {
  return Number(connection.prepare('PRAGMA user_version').get()?.['user_version']);
}

function transact<T>(connection: DatabaseSync, work: () => T): T {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    connection.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

function closeConnection(connection: DatabaseSync): void {
  try {
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    connection.close();
  }
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStateError(error, file);
  }
}
