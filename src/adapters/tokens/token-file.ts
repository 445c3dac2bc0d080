import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { NewToken, TokenRecord, Tokens } from '../../access-ports.ts';
import { writeFileAtomically } from '../../atomic-file.ts';
import { AppError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { hashSecret } from './hash.ts';
import { formatTokens, type KeptToken } from './parse.ts';
import { readTokenFile } from './read-file.ts';
import { createToken, formatToken } from './token.ts';

const LOCK_TRIES = 20;
const LOCK_PAUSE_MS = 100;

export interface TokenFileOptions {
  readonly path: string;
  readonly clock: Clock;
}

/** The file of hashes as the command line writes it: mode 0600, whole or not at all, one writer at a time. */
export function openTokenFile({ path, clock }: TokenFileOptions): Tokens {
  async function create(wanted: NewToken): ReturnType<Tokens['create']> {
    const token = createToken();
    const record: TokenRecord = { id: token.id, createdAtMs: clock(), ...wanted };
    const hash = await hashSecret(token.secret);
    await change(path, (kept) => [...kept, { ...record, hash }]);
    return { ...record, token: formatToken(token) };
  }

  return {
    list: async () => (await readKept(path)).map(withoutHash),
    create,
    async revoke(id) {
      if (!(await readKept(path)).some((token) => token.id === id)) return false;
      await change(path, (kept) => kept.filter((token) => token.id !== id));
      return true;
    },
  };
}

async function change(
  path: string,
  edit: (kept: readonly KeptToken[]) => readonly KeptToken[],
): Promise<void> {
  const unlock = await lock(path);
  try {
    const text = formatTokens(edit(await readKept(path)));
    await writeFileAtomically(path, text, { mode: 0o600 }).catch(throwUnwritable(path));
  } finally {
    await unlock();
  }
}

/** Held by a file beside it, so that no writer loses what another one has just written. */
async function lock(path: string): Promise<() => Promise<void>> {
  const file = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch(throwUnwritable(path));
  for (let tries = 0; tries < LOCK_TRIES; tries += 1) {
    if (await takeLock(file)) return () => rm(file, { force: true });
    await pause(LOCK_PAUSE_MS);
  }
  throw new AppError('REFUSED', `another command writes ${path}`, {
    hint: `if none does any more, remove ${file}`,
  });
}

async function takeLock(file: string): Promise<boolean> {
  try {
    await writeFile(file, '', { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    return throwUnwritable(file)(error);
  }
}

async function readKept(path: string): Promise<readonly KeptToken[]> {
  const read = await readTokenFile(path);
  switch (read.kind) {
    case 'tokens':
      return read.tokens;
    case 'absent':
      return [];
    case 'mistake':
      throw new AppError('REFUSED', `the file of tokens ${path} cannot be used: ${read.mistake}`, {
        hint: 'mend it, or move it away: its tokens are then worth nothing',
      });
  }
}

function withoutHash({ hash: _hash, ...record }: KeptToken): TokenRecord {
  return record;
}

function throwUnwritable(path: string) {
  return (cause: unknown): never => {
    throw new AppError('STATE_UNWRITABLE', `the file of tokens ${path} cannot be written`, {
      cause,
      hint: 'give another one in AUTH_TOKENS_FILE',
    });
  };
}
