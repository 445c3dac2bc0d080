import { digestOf } from './canonical.ts';
import type { Verify } from './service.ts';

export type Era = 'modern' | 'legacy';

/** What a check of one instance found. `needs-auth` is alive and wants credentials (401, 403). */
export type CheckResult =
  | {
      readonly outcome: 'verified';
      readonly era?: Era;
      /** Names of the listed tools, sorted; absent for kinds other than mcp. */
      readonly tools?: readonly string[];
      readonly toolsHash?: string;
    }
  | { readonly outcome: 'needs-auth'; readonly message: string }
  | { readonly outcome: 'failed'; readonly message: string };

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
  readonly release: string;
  readonly instanceId: string;
  readonly startedAtMs: number;
  readonly url: string;
  readonly path: string;
  readonly verify: Verify;
  readonly settings: string;
  /** The server is somebody else's: it is asked less often while it fails. */
  readonly remote?: true;
}

export function verifySettings(verify: Verify, path: string): string {
  const { everyMs: _everyMs, ...checked } = verify;
  return digestOf({ ...checked, path }, 12);
}
