import type { DesiredService, Stdio } from './service.ts';

/** What the bridge needs of a grace to end its children after the last open call. */
const END_S = 3;

export interface BridgePlace {
  /** The instance's own name: session ids begin with it. */
  readonly instance: string;
  readonly port: number;
}

/** What the bridge before a stdio server is told, the same on every runtime (docs/bridge.md). */
export function bridgeFlags(
  { spec, rollout }: Pick<DesiredService, 'spec' | 'rollout'>,
  { instance, port }: BridgePlace,
): readonly string[] {
  const drainS = Math.max(0, Math.floor(rollout.drainMs / 1_000) - END_S);
  const flags = {
    port: String(port),
    path: spec.path,
    instance,
    'drain-seconds': String(drainS),
    'stop-seconds': '1',
    ...stdioFlags(spec.stdio ?? {}),
  };
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
}

function stdioFlags({ isolation, maxChildren, prewarm, sse }: Stdio): Record<string, string> {
  return {
    ...(isolation && { isolation }),
    ...(maxChildren !== undefined && { 'max-children': String(maxChildren) }),
    ...(prewarm !== undefined && { prewarm: String(prewarm) }),
    ...(sse && { sse: 'on' }),
  };
}

/** By these Node and its loader would be led astray: they are the server's alone. */
export const SHIELDED = [
  'NODE_OPTIONS',
  'OPENSSL_CONF',
  'LD_PRELOAD',
  'LD_AUDIT',
  'LD_DEBUG',
] as const;

/** Begins the name of a variable that the bridge hands to its server without this beginning. */
export const FOR_CHILD = 'BRIDGE_CHILD_';
