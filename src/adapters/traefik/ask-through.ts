import { get, NO_FAULTS, type Ask } from './ask.ts';
import { GENERATION_HEADER, markerPath } from './configuration.ts';

/**
 * Asks by a request through Traefik's entry point. It learns that the whole file is served; what a
 * foreign file does to a single route only the API tells.
 */
export function askThrough(entryUrl: string, managerId: string): Ask {
  return async (_wanted, signal) => {
    const got = await get(entryUrl + markerPath(managerId), signal);
    if ('cause' in got) return { kind: 'silent', cause: got.cause };
    void got.response.body?.cancel();
    const generation = got.response.headers.get(GENERATION_HEADER) ?? undefined;
    return { kind: 'answers', generation, faults: NO_FAULTS };
  };
}
