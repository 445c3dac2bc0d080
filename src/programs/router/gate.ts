import { createHash } from 'node:crypto';
import type { AuthAnswer } from '../../model/router-program.ts';
import { formatAuthQuestion } from '../../model/router-program.ts';
import type { Route, RouteAuth } from '../../model/route.ts';
import type { ManagerAnswer, ManagerLine } from './ask-manager.ts';

/** So long an answer holds: a token that was revoked opens nothing after that. */
const HOLDS_MS = 1_000;
/** So soon at the latest an exchange ends after its token was revoked. */
const ASK_EVERY_MS = 5_000;
/** Between the clock of a timer and the one by which a token expires. */
const SHORTEST_MS = 50;
/** Tokens times routes that are remembered; the oldest goes first. */
const MOST_KEPT = 1_000;
/** Questions that are open at once; who comes then is told to come again. */
const MOST_ASKED = 500;

export type Verdict =
  | { readonly kind: 'open'; readonly expiresAtMs?: number }
  /** 401 or 403, with what the manager said. */
  | { readonly kind: 'closed'; readonly answer: ManagerAnswer }
  /** The manager says nothing that is to be had. */
  | { readonly kind: 'unknown' };

/** One request to a route that asks for a token. */
export interface Caller {
  readonly route: Route & { readonly auth: RouteAuth };
  readonly authorization: string | undefined;
  readonly client: string | undefined;
}

export interface Gate {
  /** Whether the caller may come in. Never throws, and never opens without the manager's word. */
  admit(caller: Caller): Promise<Verdict>;
  /** Calls back once when the caller may stay no longer, until `gone` aborts; not while nobody can say. */
  watch(caller: Caller, verdict: Verdict & { readonly kind: 'open' }, exchange: Exchange): void;
}

export interface Exchange {
  readonly gone: AbortSignal;
  readonly end: () => void;
}

interface Kept {
  readonly verdict: Promise<Verdict>;
  readonly atMs: number;
}

/** Asks the manager about tokens, at most once a second for each and route. */
export function createGate(manager: ManagerLine): Gate {
  const kept = new Map<string, Kept>();
  let asked = 0;

  async function ask({ route, authorization, client }: Caller): Promise<Verdict> {
    if (asked >= MOST_ASKED) return { kind: 'unknown' };
    asked += 1;
    const path = formatAuthQuestion(route, route.auth);
    const answer = await manager.ask({ path, authorization, client });
    asked -= 1;
    return toVerdict(answer);
  }

  function admit(caller: Caller): Promise<Verdict> {
    const key = keyOf(caller);
    const known = kept.get(key);
    const nowMs = performance.now();
    if (known && nowMs - known.atMs < HOLDS_MS) return known.verdict;
    const verdict = ask(caller).then((said) => {
      if (endsSoon(said)) kept.delete(key);
      return said;
    });
    kept.delete(key);
    kept.set(key, { verdict, atMs: nowMs });
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return verdict;
  }

  function watch(
    caller: Caller,
    { expiresAtMs = Infinity }: Verdict & { readonly kind: 'open' },
    { gone, end }: Exchange,
  ): void {
    if (gone.aborted) return;
    const leftMs = Math.max(SHORTEST_MS, expiresAtMs - Date.now());
    const timer = setTimeout(() => void look(), Math.min(leftMs, ASK_EVERY_MS));
    const stop = (): void => clearTimeout(timer);
    gone.addEventListener('abort', stop, { once: true });

    async function look(): Promise<void> {
      gone.removeEventListener('abort', stop);
      const isOver = Date.now() >= expiresAtMs;
      const next = isOver ? undefined : await admit(caller);
      if (gone.aborted) return;
      if (isOver || next?.kind === 'closed') end();
      else
        watch(caller, next?.kind === 'open' ? next : { kind: 'open', expiresAtMs }, { gone, end });
    }
  }

  return { admit, watch };
}

/** The token is remembered by its hash alone. */
function keyOf({ route, authorization = '' }: Caller): string {
  const token = createHash('sha256').update(authorization).digest('base64url');
  return `${token} ${formatAuthQuestion(route, route.auth)}`;
}

/** Its answer must not be held past its end. */
function endsSoon(verdict: Verdict): boolean {
  return verdict.kind === 'open' && (verdict.expiresAtMs ?? Infinity) - Date.now() < HOLDS_MS;
}

function toVerdict(answer: ManagerAnswer | undefined): Verdict {
  if (answer?.status === 401 || answer?.status === 403) return { kind: 'closed', answer };
  if (answer?.status !== 200) return { kind: 'unknown' };
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own manager's, and what is no number is looked at as none
    const { expiresAtMs } = JSON.parse(answer.body) as AuthAnswer;
    return { kind: 'open', ...(typeof expiresAtMs === 'number' && { expiresAtMs }) };
  } catch {
    return { kind: 'unknown' };
  }
}
