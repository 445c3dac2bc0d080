import type { Place, Problem } from './problem.ts';
import type { RouteAuth } from './route.ts';
import type { ToolLock } from './tool-lock.ts';

/** Who owns a service, told by where its document lies. */
export type Origin = 'file' | 'api' | 'core';

/** A value in clear, or a reference that is resolved only when an instance is made. */
export type EnvValue = string | { readonly secret: string };

/** Text in clear, or a reference whose value is sent behind `prefix` (`Bearer `). */
export type HeaderValue = string | { readonly secret: string; readonly prefix?: string };

/** `source` is a name of a volume of the fleet, or an absolute host path where the policy allows it. */
export interface Volume {
  readonly source: string;
  readonly destination: string;
  readonly readOnly: boolean;
  /** The engine's volume of exactly this name: neither made nor removed by the manager. */
  readonly external?: true;
}

/** `memoryBytes` in bytes, `cpu` in cores, `pids` as a count of processes. */
export interface Resources {
  readonly memoryBytes: number;
  readonly cpu: number;
  readonly pids: number;
}

/** How the bridge serves a program, as far as that is not its default (docs/bridge.md). */
export interface Stdio {
  readonly isolation?: 'shared';
  /** The most children for sessions; absent: what the limits of the service carry. */
  readonly maxChildren?: number;
  readonly prewarm?: number;
  readonly sse?: true;
}

/** Exactly what the revision hashes: with every default filled in, without any secret value. */
export interface ServiceSpec {
  readonly image?: string;
  readonly command?: readonly string[];
  /** Where a remote server is; then nothing of the rest but `path`, which is the URL's own, means anything. */
  readonly url?: string;
  /** What is sent to the remote server, by name in lower case. */
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly user: string;
  readonly transport: 'http' | 'stdio' | 'sse';
  readonly stdio?: Stdio;
  readonly port: number;
  readonly path: string;
  readonly resources: Resources;
  readonly volumes: readonly Volume[];
  readonly network: { readonly egress: 'all' | 'none' };
}

export interface Rollout {
  readonly strategy: 'recreate' | 'surge';
  /** How long a new release may take until it is verified. */
  readonly deadlineMs: number;
  readonly stableForMs: number;
  /** How long a stopping instance may finish its work. */
  readonly drainMs: number;
  readonly onFailure: 'rollback' | 'hold';
}

export interface Verify {
  readonly kind: 'mcp' | 'http' | 'tcp' | 'none';
  /** Tools that must be listed before the service counts as verified. */
  readonly tools: readonly string[];
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** What must succeed after the tools were listed. */
  readonly call?: ToolCall;
  /** How long an instance may take from its start until it first passes; absent: `rollout.deadlineMs`. */
  readonly startupMs?: number;
  /** What it means that tools differ from the approved ones; absent: they are told (`warn`). */
  readonly lock?: 'off' | 'enforce';
}

/** A call of a tool whose result must be no error, and must contain the text that is expected. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly expect?: string;
}

/** What the AgentArea platform knows about a service that it made (wire.md §4.1). */
export interface PlatformIdentity {
  readonly instanceId?: string;
  readonly serviceName?: string;
  readonly workspaceId?: string;
}

/** Its workspace is that of the service. */
export type ServiceAuth = Omit<RouteAuth, 'workspace'>;

/** One MCP service as its owner wants it: template expanded, defaults filled in. */
export interface DesiredService {
  readonly name: string;
  readonly origin: Origin;
  readonly runtime: string;
  readonly spec: ServiceSpec;
  /** `revisionOf(spec)`. */
  readonly revision: string;
  readonly slug: string;
  /** The name as its maker calls it, where it is routed at that too: no other service has it. */
  readonly plainName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly rollout: Rollout;
  readonly verify: Verify;
  /** What the router asks of who calls it; absent: nothing. */
  readonly auth?: ServiceAuth;
  readonly pull: 'missing' | 'always' | 'never';
  readonly power: 'on' | 'off';
  readonly protected: boolean;
  /** Id of a container that was not made by us: it is taken over as it runs, and serves until the spec changes. */
  readonly adopt?: string;
  readonly template?: string;
  /** Absolute folder in which a host `command` runs: the template's, else the document's. */
  readonly directory: string;
  readonly place: Place;
  readonly platform?: PlatformIdentity;
}

/** A service whose document cannot be trusted now: it keeps running as it last was. */
export interface FrozenService {
  readonly name: string;
  readonly cause: string;
}

/** The whole desired set. `complete` is false while any document is unreadable or invalid. */
export interface Desired {
  readonly services: readonly DesiredService[];
  readonly frozen: readonly FrozenService[];
  readonly problems: readonly Problem[];
  readonly complete: boolean;
  /** Why removal must wait, when `complete` is false. */
  readonly incompleteCause?: string;
  /** Absent while no tools were ever approved. */
  readonly toolLock?: ToolLock;
  readonly commit?: Commit;
}

/** The Git state of the documents folder, where it has one. */
export interface Commit {
  readonly id: string;
  readonly dirty: boolean;
}
