import type { Log } from '../../ports.ts';
import type { KeptToken } from './parse.ts';
import { readTokenFile, readVersion } from './read-file.ts';

/** For so long a token that is known is not looked up again; one that is not always is, one look at a time. */
const LOOK_EVERY_MS = 250;

export interface WatchedTokens {
  /** One of those that the file had when it was good last. Looks whether it has changed. */
  find(id: string): Promise<KeptToken | undefined>;
  /** Counts how often the tokens have changed. */
  edition(): number;
  trouble(): string | undefined;
}

export interface WatchOptions {
  readonly path: string;
  /** Nobody said that it is there. */
  readonly mayBeAbsent: boolean;
  readonly log: Log;
}

/** A file of tokens that is read again when it has changed. A bad one changes nothing, and is told. */
export function watchTokens({ path, mayBeAbsent, log }: WatchOptions): WatchedTokens {
  let tokens: ReadonlyMap<string, KeptToken> = new Map();
  let edition = 0;
  let version: string | undefined = 'never read';
  let trouble: string | undefined;
  let lookedAtMs = -Infinity;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const seen = await readVersion(path);
    lookedAtMs = performance.now();
    if (seen === version) return;
    version = seen;
    const read = await readTokenFile(path);
    trouble = toTrouble(read, { path, mayBeAbsent });
    if (trouble !== undefined) log.warn({ file: path }, trouble);
    // Revoking everything by deleting the file must not be forgiven.
    if (read.kind === 'mistake') return;
    tokens = new Map(read.kind === 'absent' ? [] : read.tokens.map((token) => [token.id, token]));
    edition += 1;
  }

  function lookOnce(): Promise<void> {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  const isStale = (): boolean => performance.now() - lookedAtMs >= LOOK_EVERY_MS;

  return {
    async find(id) {
      if (isStale() || !tokens.has(id)) await lookOnce();
      return tokens.get(id);
    },
    edition: () => edition,
    trouble() {
      // Who asks next is told what is seen now.
      if (isStale()) void lookOnce();
      return trouble;
    },
  };
}

function toTrouble(
  read: Awaited<ReturnType<typeof readTokenFile>>,
  { path, mayBeAbsent }: Pick<WatchOptions, 'path' | 'mayBeAbsent'>,
): string | undefined {
  switch (read.kind) {
    case 'tokens':
      return undefined;
    case 'absent':
      return mayBeAbsent ? undefined : `the file of tokens ${path} does not exist: nobody has one`;
    case 'mistake':
      return `the file of tokens ${path} cannot be used, what it said before holds: ${read.mistake}`;
  }
}
