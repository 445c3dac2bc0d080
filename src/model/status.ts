import type { ToolsChange } from './history.ts';
import type { ServiceAuth } from './service.ts';
import type { ToolChanges } from './tool-surface.ts';

/** One word per service (status, API, events). */
export const SERVICE_STATES = [
  'Pending',
  'Starting',
  'Running',
  'Degraded',
  'Updating',
  'RollingBack',
  'Failed',
  'CrashLoop',
  'Stopped',
  'Paused',
  'Frozen',
  'Blocked',
  'NeedsAuth',
  'Removing',
] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

/** Named as the MCP lifecycle operator of kubernetes-sigs does. */
export interface Condition {
  readonly type: 'Accepted' | 'Available' | 'Verified';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly sinceMs?: number;
}

/** `pinned`: somebody asked for it; `rolled-back`: what its document asks for has failed. */
export interface Rollback {
  readonly kind: 'pinned' | 'rolled-back';
  readonly release: string;
  readonly cause: string;
}

export interface ServiceStatus {
  readonly name: string;
  readonly state: ServiceState;
  /** Why it is in this state, in words; empty when all is well. */
  readonly cause: string;
  readonly conditions: readonly Condition[];
  readonly runtime: string;
  readonly origin: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The platform's workspace that it belongs to. */
  readonly workspace?: string;
  /** What its router asks of a token; absent: it asks for none. */
  readonly auth?: ServiceAuth;
  readonly revision?: string;
  readonly release?: string;
  /** The reference that its document names. */
  readonly image?: string;
  /** Where its server is, when that runs elsewhere. */
  readonly remote?: string;
  /** What its instance is made from. */
  readonly imageId?: string;
  /** It runs an earlier release than its document asks for. */
  readonly rollback?: Rollback;
  readonly slug?: string;
  readonly url?: string;
  readonly era?: string;
  readonly tools?: number;
  /** What tools came, went or changed with this release. */
  readonly toolsChange?: ToolsChange;
  /** What would have to happen to the approved tools to get those that it lists. */
  readonly unapprovedTools?: ToolChanges;
  readonly startedAtMs?: number;
  readonly restarts: number;
  readonly changedAtMs?: number;
  readonly untilMs?: number;
  readonly lastLog?: readonly string[];
}
