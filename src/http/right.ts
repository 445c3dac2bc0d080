import type { Authentication, Authenticator } from '../access-ports.ts';
import { AppError } from '../errors.ts';
import type { Identity } from '../model/access.ts';

/** So soon at the latest a stream ends after its token was revoked. */
const ASK_EVERY_MS = 5_000;
/** Between the clock of a timer and the one by which a token expires. */
const SHORTEST_MS = 50;

export interface Right {
  readonly authenticator: Authenticator;
  readonly token: string;
  readonly identity: Identity;
}

/**
 * Aborts when the token has expired or was revoked, or gives another role or workspace than `identity`, with
 * UNAUTHENTICATED as its reason; not while nobody can say. Watches until `gone` aborts.
 */
export function watchRight(right: Right, gone: AbortSignal): AbortSignal {
  const { authenticator, token, identity } = right;
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  async function ask(): Promise<void> {
    const end = findEnd(await authenticator.authenticate(token), identity);
    if (end === undefined) wait();
    else ended.abort(new AppError('UNAUTHENTICATED', end));
  }

  function wait(): void {
    if (gone.aborted) return;
    const leftMs = (identity.expiresAtMs ?? Infinity) - Date.now();
    // One that is good still after its end was given another end.
    const soonestMs = leftMs > 0 ? Math.min(leftMs, ASK_EVERY_MS) : ASK_EVERY_MS;
    const waitMs = Math.max(SHORTEST_MS, soonestMs);
    // Whoever fails to say is nobody who can say.
    timer = setTimeout(() => void ask().catch(wait), waitMs).unref();
  }

  gone.addEventListener('abort', () => clearTimeout(timer), { once: true });
  wait();
  return ended.signal;
}

/** Why what began by this identity goes on no longer. */
function findEnd(answer: Authentication, { role, workspace }: Identity): string | undefined {
  if (answer.kind === 'unavailable') return undefined;
  if (answer.kind !== 'known') return 'the token has expired or was revoked';
  const now = answer.identity;
  if (now.role === role && now.workspace === workspace) return undefined;
  return 'the token has another role or workspace now: ask again';
}
