import type { Era } from './eras.ts';
import { LEGACY_VERSIONS, META, MODERN_VERSION, NEWEST_LEGACY_VERSION } from './eras.ts';
import type { Fields, Outcome } from './json-rpc.ts';
import { CODES, isFields } from './json-rpc.ts';
import type { Peer } from './peer.ts';

/** What a server says of itself, in words that both eras share. */
export interface ServerFacts {
  readonly capabilities: Fields;
  readonly serverInfo: Fields;
  readonly instructions: unknown;
  /** The revision that a legacy server agreed to. */
  readonly version: string;
}

/** A child that was greeted in its era and takes requests. */
export interface Link {
  readonly peer: Peer;
  readonly era: Era;
  readonly facts: ServerFacts;
  /** The greeting as the server gave it. */
  readonly greeting: Fields;
}

/** The server answered the greeting with an error, or ended. */
export class NoGreeting extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('error' in outcome ? outcome.error.message : 'no greeting');
    this.outcome = outcome;
  }
}

/** A legacy server may stay silent to what it does not know: then it is greeted in the legacy way too. */
const MODERN_ANSWER_MS = 5_000;
/** Programs that are fetched on their first start take long. */
const GREETING_MS = 120_000;
const BRIDGE_INFO = { name: 'mcp-manager-bridge', version: '1' };

/** Greets with `server/discover`, and with `initialize` where that is not understood. Throws NoGreeting. */
export async function openModernFirst(peer: Peer, known: Era | undefined): Promise<Link> {
  const modern = known === 'legacy' ? undefined : await discover(peer, {});
  if (modern !== undefined) return modern;
  const params = {
    protocolVersion: NEWEST_LEGACY_VERSION,
    capabilities: {},
    clientInfo: BRIDGE_INFO,
  };
  // A modern server that was slow to start is asked a second time.
  const link = await openLegacyFirst(peer, params);
  if (link.era === 'legacy') announce(link);
  return link;
}

/** Tells a legacy server that its client is ready. */
export function announce({ peer }: Link): void {
  peer.notify('notifications/initialized');
}

/**
 * Greets with the client's own `initialize`, so that the server knows its capabilities, and with
 * `server/discover` where the server is of the modern era only. A legacy server is still to be told
 * that its client is ready. Throws NoGreeting.
 */
export async function openLegacyFirst(peer: Peer, params: Fields): Promise<Link> {
  try {
    return await openLegacy(peer, params);
  } catch (error) {
    if (!(error instanceof NoGreeting) || peer.hasEnded() || !isEraError(error.outcome))
      throw error;
    const modern = await discover(peer, params);
    if (modern === undefined) throw error;
    return modern;
  }
}

/** The metadata that every request to a modern server carries. */
export function envelope(clientInfo: unknown, capabilities: unknown): Fields {
  return {
    [META.protocolVersion]: MODERN_VERSION,
    [META.clientInfo]: isFields(clientInfo) ? clientInfo : BRIDGE_INFO,
    [META.clientCapabilities]: isFields(capabilities) ? capabilities : {},
  };
}

async function openLegacy(peer: Peer, params: Fields): Promise<Link> {
  const call = peer.call({ method: 'initialize', params, timeoutMs: GREETING_MS });
  const outcome = await call.answer;
  if (outcome === undefined || 'error' in outcome) {
    throw new NoGreeting(outcome ?? { error: { code: CODES.internalError, message: 'cancelled' } });
  }
  const greeting = outcome.result;
  return { peer, era: 'legacy', facts: factsOf(greeting), greeting };
}

async function discover(peer: Peer, client: Fields): Promise<Link | undefined> {
  const params = { _meta: envelope(client['clientInfo'], client['capabilities']) };
  const call = peer.call({ method: 'server/discover', params, timeoutMs: MODERN_ANSWER_MS });
  const outcome = await call.answer;
  if (outcome === undefined || !('result' in outcome)) return undefined;
  const greeting = outcome.result;
  const versions = greeting['supportedVersions'];
  return Array.isArray(versions) && versions.includes(MODERN_VERSION)
    ? { peer, era: 'modern', facts: factsOf(greeting), greeting }
    : undefined;
}

function factsOf(result: Fields): ServerFacts {
  const meta = isFields(result['_meta']) ? result['_meta'] : {};
  const info = result['serverInfo'] ?? meta[META.serverInfo];
  const version = result['protocolVersion'];
  return {
    capabilities: isFields(result['capabilities']) ? result['capabilities'] : {},
    serverInfo: isFields(info) ? info : { name: 'unknown', version: '0' },
    instructions: result['instructions'],
    version: LEGACY_VERSIONS.find((known) => known === version) ?? NEWEST_LEGACY_VERSION,
  };
}

/** What a server of the modern era answers to `initialize`. */
function isEraError(outcome: Outcome): boolean {
  if (!('error' in outcome)) return false;
  const { code } = outcome.error;
  return (
    code === CODES.unsupportedVersion ||
    code === CODES.methodNotFound ||
    code === CODES.invalidParams ||
    code === CODES.invalidRequest
  );
}
