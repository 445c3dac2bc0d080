import { createHash } from 'node:crypto';
import type { Authentication, Authenticator } from '../../access-ports.ts';
import type { Clock } from '../../ports.ts';
import { createSeenTokens } from './seen-tokens.ts';
import { isSecretOf } from './hash.ts';
import type { KeptToken } from './parse.ts';
import { createSlots } from './slots.ts';
import { parseToken, type Token } from './token.ts';
import { watchTokens, type WatchOptions } from './watched-tokens.ts';

/** Half of the threads that Node has for such work, and for all files: the rest stays free. */
const AT_ONCE = 2;
/** Two seconds of work; who comes then is told to come again. */
const WAITING = 64;

export interface TokenAuthenticatorOptions extends WatchOptions {
  readonly clock: Clock;
}

/** Tokens whose hashes lie in a file. */
export function openTokenAuthenticator(options: TokenAuthenticatorOptions): Authenticator {
  const { clock } = options;
  const watched = watchTokens(options);
  const seen = createSeenTokens();
  const slots = createSlots(AT_ONCE, WAITING);
  const underWay = new Map<string, Promise<boolean>>();

  /** Undefined: too many are compared already. */
  function compare(key: string, kept: KeptToken, token: Token): Promise<boolean> | undefined {
    const running = underWay.get(key);
    if (running) return running;
    const started = slots.run(() => isSecretOf(kept.hash, token.secret));
    if (!started) return undefined;
    const edition = watched.edition();
    const settled = started
      .then((isRight) => {
        seen.note({ key, isRight, edition });
        return isRight;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, settled);
    return settled;
  }

  return {
    async authenticate(text) {
      const token = parseToken(text);
      if (!token) return { kind: 'unknown' };
      const kept = await watched.find(token.id);
      if (!kept) return { kind: 'unknown' };
      // With the hash: what was compared with another one says nothing.
      const key = createHash('sha256').update(`${kept.hash} ${text}`).digest('base64url');
      const isRight = seen.find(key, watched.edition()) ?? (await compare(key, kept, token));
      if (isRight === undefined) return BUSY;
      return isRight ? toAuthentication(kept, clock()) : { kind: 'unknown' };
    },
    troubles: () => [watched.trouble() ?? []].flat(),
  };
}

const BUSY: Authentication = { kind: 'unavailable', cause: 'too many tokens are compared now' };

/** Only for whoever has the token: nobody else learns that it has expired. */
function toAuthentication(kept: KeptToken, nowMs: number): Authentication {
  const { id, name, role, workspace, expiresAtMs } = kept;
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) return { kind: 'expired' };
  const identity = {
    kind: 'token',
    id,
    name,
    role,
    ...(workspace !== undefined && { workspace }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  } as const;
  return { kind: 'known', identity };
}
