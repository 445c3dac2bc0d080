import type { DesiredService } from './service.ts';
import type { ToolChanges, ToolSurface } from './tool-surface.ts';
import type { Verification } from './verification.ts';

/** `terminal` waits for new input; `infrastructure` condemns nothing; `retry` backs off. */
export type FailureKind = 'retry' | 'terminal' | 'infrastructure';

/** The last failed attempt to move a service. Forgotten when its desired digest changes. */
export interface Failure {
  readonly kind: FailureKind;
  readonly count: number;
  readonly lastMs: number;
  readonly code: string;
  readonly message: string;
  /** Kind of the step that failed; its success ends the failure. */
  readonly step: string;
  /** Digest of the desired service then; empty when none was desired. */
  readonly desiredDigest: string;
}

/** Restarts since the service was last healthy for ten minutes. */
export interface Restarts {
  readonly count: number;
  readonly lastMs: number;
  readonly total: number;
}

/** The last image that was pulled for a service, and what for. */
export interface Pulled {
  readonly runtime: string;
  /** The reference, as the document says it. */
  readonly image: string;
  readonly atMs: number;
  /** Ids of the requests to update that were there when it began. */
  readonly answers: readonly string[];
  /** An instance was made since: before the next one it is pulled again. */
  readonly used: boolean;
}

/** A release that proved itself, with all that it is made from; no secret values. */
export interface GoodRelease {
  readonly release: string;
  readonly version: DesiredService;
  readonly imageId?: string;
  /** Whether it passed without or with credentials. */
  readonly outcome: 'verified' | 'needs-auth';
  /** How it was checked then; other settings may fail it without any fault of its own. */
  readonly settings?: string;
  /** Its tools, when they were listed last. */
  readonly tools?: ToolSurface;
  /** When it was found good last. */
  readonly atMs: number;
}

/** A release that was given up in favour of an earlier one. */
export interface Condemned {
  readonly release: string;
  /** `desiredDigest` of the version that it was made for. */
  readonly desiredDigest: string;
  /** How it was checked, its approved tools included; absent where it was not. */
  readonly settings?: string;
  /** What it was made of, as far as that was known. */
  readonly secretVersions?: Readonly<Record<string, string>>;
  readonly imageId?: string;
  /** Ids of the requests to restart that were there then; absent where an earlier version wrote it. */
  readonly answers?: readonly string[];
  readonly cause: string;
  readonly atMs: number;
}

/** The instances that the route leads to, by name. */
export interface Served {
  readonly targets: readonly string[];
  /** Those before the last switch: their open calls may still end. Absent: nobody knows. */
  readonly before?: readonly string[];
  /** When it was switched. */
  readonly sinceMs: number;
}

/** How the tools of a release differ from those of the one before. */
export interface ToolsChange extends ToolChanges {
  readonly release: string;
  readonly before: string;
}

/** What is remembered of one service between passes; lost with the store without harm. */
export interface ServiceHistory {
  /** Last accepted version: what frozen and gated services keep, and what `--approve` heals towards. */
  readonly accepted?: DesiredService;
  /** `desiredDigest(accepted)`. */
  readonly acceptedDigest?: string;
  /** It may go: `apply` approved its disappearance, it was let go by name, or an instance of it went. */
  readonly removalApproved?: boolean;
  readonly failure?: Failure;
  readonly restarts?: Restarts;
  readonly verification?: Verification;
  /** What passed its checks and carried the traffic, the latest first; what a rollback returns to. */
  readonly releases?: readonly GoodRelease[];
  /** The release that failed last; holds until its input changes or somebody asks for another try. */
  readonly condemned?: Condemned;
  /** Where the traffic goes. */
  readonly served?: Served;
  /** What changed when the last good release came to be. */
  readonly toolsChange?: ToolsChange;
  /** The tools of the last release that did not pass because nobody had approved them. */
  readonly refusedTools?: {
    readonly revision: string;
    readonly release: string;
    readonly tools: ToolSurface;
  };
  /** Settings and digest of the last tools of which an event told. */
  readonly toldTools?: string;
  readonly pulled?: Pulled;
  /** The last look whether an image moved has failed; what runs does not wait for it. */
  readonly lookFailure?: Failure;
  /** The instance that we stopped ourselves; anything else that is down has crashed. */
  readonly stoppedInstanceId?: string;
  /** The container that was taken over, once it had its name: another name later is somebody's doing. */
  readonly adoptedId?: string;
  readonly changedAtMs?: number;
  /** Last output lines of the instance that failed last. */
  readonly lastLog?: readonly string[];
}
