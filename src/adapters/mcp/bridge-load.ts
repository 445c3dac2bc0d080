import { readText } from './raw-rpc.ts';

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
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      return undefined;
    }
    let text = '';
    for await (const chunk of readText(response.body)) text += chunk;
    const counts = [...text.matchAll(OPEN)].map((match) => Number(match.groups?.['count']));
    return counts.length === 2 ? counts.reduce((sum, count) => sum + count, 0) : undefined;
  } catch {
    return undefined;
  }
}

const OPEN = /^mcp_bridge_(?:requests_in_flight|sessions) (?<count>\d+)$/gm;
