import type { RoutesFile } from './routes-file.ts';

/** What Traefik says of itself. */
export type Answer =
  | { readonly kind: 'silent'; readonly cause: string }
  | {
      readonly kind: 'answers';
      /** Of the file of ours that it serves; undefined when it serves none. */
      readonly generation: string | undefined;
      /** Routes of that file that do not work, by slug, each with the reason. */
      readonly faults: ReadonlyMap<string, string>;
    };

/** Asks Traefik what it serves; `wanted` is what was written last. Never throws. */
export type Ask = (wanted: RoutesFile, signal: AbortSignal) => Promise<Answer>;

export const NO_FAULTS: ReadonlyMap<string, string> = new Map();

/** It answers from memory; longer than this is a hanging program. */
const ANSWER_WITHIN_MS = 2_000;

/** One GET, or why there was no answer. Redirects are not followed. */
export async function get(
  url: string,
  signal: AbortSignal,
): Promise<{ readonly response: Response } | { readonly cause: string }> {
  const deadline = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const init = { redirect: 'manual', signal: AbortSignal.any([signal, deadline]) } as const;
    return { response: await fetch(url, init) };
  } catch (error) {
    const { host } = new URL(url);
    if (deadline.aborted) {
      return { cause: `Traefik does not answer at ${host} within ${ANSWER_WITHIN_MS / 1_000} s` };
    }
    return { cause: `Traefik does not answer at ${host} (${reasonOf(error)})` };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}
