import type { CheckResult, ProbeTarget } from '../../model/verification.ts';
import { toStatusResult } from './failure.ts';
import { postRpc, type RawAnswer } from './raw-rpc.ts';
import { LEGACY_VERSION, type Session, sessionHeaders } from './session.ts';
import type { SessionKeeper } from './session-keeper.ts';

const MODERN_VERSION = '2026-07-28';
const META = 'io.modelcontextprotocol/';

export interface Liveness {
  readonly target: ProbeTarget;
  /** The last good result: what is answered again while the instance lives. */
  readonly last: CheckResult & { readonly outcome: 'verified' };
  readonly version: string;
  readonly sessions: SessionKeeper;
}

/**
 * Liveness of a verified instance by one raw request in its era: `server/discover`, or `ping` on a
 * kept session. Undefined when it speaks HTTP but not that era: only a verification can tell then.
 */
export async function probeMcp(
  liveness: Liveness,
  signal: AbortSignal,
): Promise<CheckResult | undefined> {
  const legacy = liveness.last.era === 'legacy';
  const answer = await (legacy ? ping(liveness, signal) : discover(liveness, signal));
  const { status, statusText } = answer;
  if (status === 401 || status === 403 || status >= 500) {
    return toStatusResult(liveness.target, status, statusText);
  }
  // Too many requests: a server that counts them is alive, and a restart would not help it.
  if (status === 429) return liveness.last;
  if (legacy ? isLegacyAnswer(answer) : isModernAnswer(answer)) return liveness.last;
  liveness.sessions.release(liveness.target);
  return undefined;
}

/** Errors -32020 to -32029 are the protocol's own since 2026-07-28: whoever sends one speaks it. */
function isModernAnswer({ response }: RawAnswer): boolean {
  const code = response?.error?.code ?? 0;
  return (
    Array.isArray(response?.result?.['supportedVersions']) || (code <= -32020 && code > -32030)
  );
}

function isLegacyAnswer({ status, response }: RawAnswer): boolean {
  return status === 200 && response !== undefined;
}

function discover({ target, version }: Liveness, signal: AbortSignal): Promise<RawAnswer> {
  const meta = {
    [`${META}protocolVersion`]: MODERN_VERSION,
    [`${META}clientInfo`]: clientInfo(version),
    [`${META}clientCapabilities`]: {},
  };
  return postRpc(
    {
      url: target.url + target.path,
      message: { jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta: meta } },
      headers: { 'mcp-protocol-version': MODERN_VERSION, 'mcp-method': 'server/discover' },
    },
    signal,
  );
}

/** 404 is an expired session (MCP 2025-11-25), 400 what many servers answer instead: opened anew once. */
async function ping(liveness: Liveness, signal: AbortSignal): Promise<RawAnswer> {
  const { target, sessions } = liveness;
  const kept = sessions.find(target);
  if (kept !== undefined) {
    const answer = await pingIn(kept, signal);
    if (answer.status !== 404 && answer.status !== 400) return answer;
    sessions.release(target);
  }
  const opened = await openSession(liveness, signal);
  if (!('session' in opened)) return opened;
  sessions.keep(target, opened.session);
  return pingIn(opened.session, signal);
}

function pingIn(session: Session, signal: AbortSignal): Promise<RawAnswer> {
  const message = { jsonrpc: '2.0', id: 2, method: 'ping' };
  return postRpc({ url: session.url, message, headers: sessionHeaders(session) }, signal);
}

/** `initialize` and `notifications/initialized`; or the answer of a server that refuses. */
async function openSession(
  { target, version, sessions }: Liveness,
  signal: AbortSignal,
): Promise<{ readonly session: Session } | RawAnswer> {
  const url = target.url + target.path;
  let session: Session = { url };
  try {
    const answer = await postRpc(
      {
        url,
        message: toInitialize(version),
        open: (send, cut) => sessions.open(url, send, cut),
        onSession: (id) => {
          session = { ...session, id };
        },
      },
      signal,
    );
    const agreed = answer.response?.result?.['protocolVersion'];
    if (typeof agreed !== 'string') {
      sessions.end(session);
      // The answer to initialize is none to ping.
      return { status: answer.status, statusText: answer.statusText };
    }
    session = { ...session, protocolVersion: agreed };
    const message = { jsonrpc: '2.0', method: 'notifications/initialized' };
    await postRpc({ url, message, headers: sessionHeaders(session) }, signal);
    return { session };
  } catch (error) {
    sessions.end(session);
    throw error;
  }
}

function toInitialize(version: string): Record<string, unknown> {
  const params = {
    protocolVersion: LEGACY_VERSION,
    capabilities: {},
    clientInfo: clientInfo(version),
  };
  return { jsonrpc: '2.0', id: 1, method: 'initialize', params };
}

function clientInfo(version: string): { readonly name: string; readonly version: string } {
  return { name: 'mcp-manager', version };
}
