import { digestOf } from './canonical.ts';
import type { Verify } from './service.ts';
import type { ToolRule } from './tool-lock.ts';
import type { ToolSurface } from './tool-surface.ts';

export type Era = 'modern' | 'legacy';

/** What a check of one instance found. `needs-auth` is alive and wants credentials (401, 403). */
export type CheckResult =
  | {
      readonly outcome: 'verified';
      readonly era?: Era;
      /** Names of the listed tools, sorted; absent for kinds other than mcp. */
      readonly tools?: readonly string[];
      /** The digest of each of them. */
      readonly surface?: ToolSurface;
      /** The digest of all. */
      readonly toolsHash?: string;
    }
  | { readonly outcome: 'needs-auth'; readonly message: string }
  /** `overloaded`: it answered at once, that it has too much to do. */
  | { readonly outcome: 'failed'; readonly message: string; readonly overloaded?: true };

/** What a check found that found no verified server. */
export type NotVerified = Exclude<CheckResult, { readonly outcome: 'verified' }>;

/** The last word about one instance. Valid only for its (object id, started at, settings). */
export interface Verification {
  readonly instanceId: string;
  readonly startedAtMs: number;
  /** `verifySettings(verify, path)` at the time of the check. */
  readonly settings: string;
  readonly result: CheckResult;
  readonly atMs: number;
  /** Consecutive failed probes since the last good one. */
  readonly strikes: number;
  /** When this start of the instance first passed; absent until then. */
  readonly verifiedAtMs?: number;
}

/** What the prober must watch: an output of the plan. */
export interface ProbeTarget {
  readonly service: string;
  /** The instance's name, by which the router knows it. */
  readonly instance: string;
  readonly revision: string;
  readonly release: string;
  readonly instanceId: string;
  readonly startedAtMs: number;
  readonly url: string;
  readonly path: string;
  /** It gets secrets, and may repeat them: its words are kept out of what is remembered and told. */
  readonly discreet?: true;
  readonly verify: Verify;
  /** What its tools are held against. */
  readonly toolRule?: ToolRule;
  readonly settings: string;
  /** The server is somebody else's: it is asked less often while it fails. */
  readonly remote?: true;
}

/** Names how a check is made and what its tools are held against; when it is made does not count. */
export function verifySettings(verify: Verify, path: string, rule?: ToolRule): string {
  const { everyMs: _everyMs, startupMs: _startupMs, ...checked } = verify;
  const settings = digestOf({ ...checked, path }, 12);
  return rule ? `${settings}-${rule.approved?.digest.slice(0, 12) ?? 'unknown'}` : settings;
}
