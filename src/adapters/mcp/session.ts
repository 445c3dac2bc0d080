import { fetchWithinOrigin } from './fetch-within-origin.ts';

/** What is offered to servers of the era with sessions; they may agree on an older one. */
export const LEGACY_VERSION = '2025-11-25';

/** A legacy session. Stateless legacy servers give none: then `id` is absent and nothing is to end. */
export interface Session {
  readonly url: string;
  readonly id?: string;
  /** As agreed with the server; absent when it never said. */
  readonly protocolVersion?: string;
}

/** What every message in a session carries. */
export function sessionHeaders({ id, protocolVersion }: Session): Record<string, string> {
  return {
    ...(protocolVersion !== undefined && { 'mcp-protocol-version': protocolVersion }),
    ...(id !== undefined && { 'mcp-session-id': id }),
  };
}

/**
 * DELETE (MCP 2025-11-25, transports, session management). Never throws: a server that fails here
 * is gone, and its session with it, or hangs, and will forget it by itself.
 */
export async function endSession(session: Session, signal: AbortSignal): Promise<void> {
  if (session.id === undefined) return;
  try {
    const headers = sessionHeaders(session);
    const response = await fetchWithinOrigin(session.url, { method: 'DELETE', headers, signal });
    await response.body?.cancel();
  } catch {
    // See above: nobody could do anything about it.
  }
}
