/** The figures of the bridge fill a few hundred bytes. */
const MOST_BYTES = 65_536;

/**
 * Requests and sessions that are open at a bridge, as its `/metrics` tell (docs/bridge.md); undefined
 * when it does not answer.
 */
export async function readBridgeLoad(
  url: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const response = await fetch(new URL('/metrics', url), { signal, redirect: 'error' });
    if (!response.ok || Number(response.headers.get('content-length')) > MOST_BYTES) {
      await response.body?.cancel();
      return undefined;
    }
    const text = (await response.text()).slice(0, MOST_BYTES);
    const counts = [...text.matchAll(OPEN)].map((match) => Number(match.groups?.['count']));
    return counts.length === 2 ? counts.reduce((sum, count) => sum + count, 0) : undefined;
  } catch {
    return undefined;
  }
}

const OPEN = /^mcp_bridge_(?:requests_in_flight|sessions) (?<count>\d+)$/gm;
