/** The stateless revision: every request says all that is to be known about its client. */
export const MODERN_VERSION = '2026-07-28';
/** The revisions with `initialize` and sessions, newest first. */
export const LEGACY_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
export const NEWEST_LEGACY_VERSION = LEGACY_VERSIONS[0];

export type Era = 'modern' | 'legacy';

/** Keys of `_meta` that the modern revision reserves. */
export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

export function isLegacyVersion(version: unknown): version is string {
  return LEGACY_VERSIONS.some((known) => known === version);
}
