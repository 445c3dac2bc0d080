import { type Answer, type Ask, get, NO_FAULTS } from './ask.ts';
import { GENERATION_HEADER, markerName } from './configuration.ts';
import { findFaults, type Served } from './find-faults.ts';
import type { RoutesFile } from './routes-file.ts';

/** Another file can take a name of ours at any time, and nothing tells of it. */
const COMPARE_EVERY_MS = 60_000;

interface Compared {
  readonly generation: string;
  readonly atMs: number;
  readonly faults: ReadonlyMap<string, string>;
}

/**
 * Asks Traefik's API: which generation of our file it serves each time, and whether every part is
 * served as it is written when that changed, else once a minute.
 */
export function askApi(apiUrl: string, managerId: string): Ask {
  const markerUrl = `${apiUrl}/api/http/middlewares/${markerName(managerId)}@file`;
  let compared: Compared | undefined;

  async function compare(wanted: RoutesFile, signal: AbortSignal): Promise<Answer> {
    const { generation } = wanted;
    const isFresh =
      compared?.generation === generation && performance.now() - compared.atMs < COMPARE_EVERY_MS;
    if (compared !== undefined && isFresh) {
      return { kind: 'answers', generation, faults: compared.faults };
    }
    const got = await getJson(`${apiUrl}/api/rawdata`, signal);
    if ('cause' in got) return { kind: 'silent', cause: got.cause };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every field is optional and looked at with care
    const faults = findFaults(wanted, got.value as Served);
    compared = { generation, atMs: performance.now(), faults };
    return { kind: 'answers', generation, faults };
  }

  return async (wanted, signal) => {
    const got = await getJson(markerUrl, signal);
    const generation = 'cause' in got ? undefined : generationIn(got.value);
    if (generation === wanted.generation) return compare(wanted, signal);
    compared = undefined;
    if ('cause' in got) return { kind: 'silent', cause: got.cause };
    return { kind: 'answers', generation, faults: NO_FAULTS };
  };
}

/** `value` is undefined where the API has nothing of that name. */
async function getJson(
  url: string,
  signal: AbortSignal,
): Promise<{ readonly value: unknown } | { readonly cause: string }> {
  const got = await get(url, signal);
  if ('cause' in got) return got;
  const { status } = got.response;
  // What is not there is told as JSON too; another program's 404 is not.
  const value: unknown = await got.response.json().catch(() => undefined);
  if (value !== undefined && status === 200) return { value };
  if (value !== undefined && status === 404) return { value: undefined };
  const { host } = new URL(url);
  return { cause: `what answers at ${host} is not Traefik's API (status ${String(status)})` };
}

function generationIn(middleware: unknown): string | undefined {
  const text = JSON.stringify(middleware) ?? '';
  return new RegExp(`"${GENERATION_HEADER}":"([0-9a-f]+)"`, 'i').exec(text)?.[1];
}
