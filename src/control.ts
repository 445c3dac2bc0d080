import type {
  Declared,
  DeclareRequest,
  DeclareResult,
  TransferRequest,
} from './model/declaration.ts';
import type { CloudEvent } from './model/event.ts';
import type { JournalEntry } from './model/journal.ts';
import type { PlanDocument, StaleService } from './model/plan-document.ts';
import type { LeftAlone } from './model/plan.ts';
import type { Problem } from './model/problem.ts';
import type { DesiredService } from './model/service.ts';
import type { ReleaseReport } from './model/release-report.ts';
import type { ServiceStatus } from './model/status.ts';
import type { ToolResult } from './model/tool-result.ts';
import type { RecordedTools, ToolApproval } from './model/tool-lock.ts';
import type { ToolDefinition } from './model/tool-surface.ts';
import type { LogLine, LogRequest, SourceFile } from './ports.ts';

/**
 * What people and programs ask of the manager. Implemented by the manager itself, and by the client
 * of its local socket, so that a command need not know which one answers.
 * Unknown services throw AppError SERVICE_UNKNOWN, with a near name as hint.
 */
export interface Control {
  health(): Promise<Health>;
  status(): Promise<StatusReport>;
  /** A fresh deep look and the plan for it. Decides and writes nothing else. */
  plan(request: PlanRequest): Promise<PlanDocument>;
  /** Approves and waits. Yields each event as it happens, then exactly one result. */
  apply(request: ApplyRequest, signal: AbortSignal): AsyncIterable<ApplyMessage>;
  /** Leaves a durable request and wakes the loop; answers once it is stored. Idempotent. */
  ask(command: Command): Promise<void>;
  /**
   * What a running container would be as a service: its document, and the plan with it. Writes nothing.
   * Throws REFUSED with everything that speaks against it, NOT_SUPPORTED where there are no containers.
   */
  draftImport(request: ImportRequest): Promise<ImportDraft>;
  /** Keeps the secrets of such a draft, then writes its document, once, and wakes the loop. Throws as the draft does. */
  importContainer(request: ImportRequest): Promise<void>;
  /** Wakes the loop for these services, or all: documents were edited. */
  wake(names?: readonly string[]): Promise<void>;
  events(query: EventQuery, signal: AbortSignal): AsyncIterable<CloudEvent>;
  logs(service: string, request: LogRequest, signal: AbortSignal): AsyncIterable<LogLine>;
  /** What the newest running instance lists now, and how that stands to what was approved. Throws MCP_FAILED. */
  tools(service: string): Promise<ToolReport>;
  /** One call of a tool at that instance; its result may be an error of the tool. Throws MCP_FAILED, TOOL_UNKNOWN. */
  callTool(request: CallRequest): Promise<ToolResult>;
  /** The tools of the declared services as they were found last, refused ones too; those that are known. */
  recordedTools(): Promise<readonly RecordedTools[]>;
  /**
   * Writes the tools of a service, as they were found last, into the file of approved ones, and wakes the loop. Idempotent.
   * Throws REFUSED where they are not known or the file cannot be used, DOCUMENT_CHANGED, STATE_UNWRITABLE.
   */
  approveTools(service: string): Promise<ToolApproval>;
  /** The latest good one first; what was given up last comes after them. */
  releases(service: string): Promise<readonly ReleaseReport[]>;
  /** What the document of a service says. Throws SERVICE_UNKNOWN where none names it. */
  declared(service: string): Promise<Declared>;
  /**
   * Writes a document for a program, or nothing at all, and wakes the loop. Each origin writes documents of
   * its own and nobody else's (design §6); what came in clear under names that look secret goes to the
   * secret store first. Idempotent. Throws DECLARED_ELSEWHERE (naming owner, file and line),
   * PRECONDITION_FAILED, DOCUMENT_INVALID (with all mistakes), DOCUMENT_CHANGED where somebody else was
   * faster, SERVICE_UNKNOWN, REFUSED for what is protected, LIMIT_REACHED, STATE_UNWRITABLE.
   */
  declare(request: DeclareRequest): Promise<DeclareResult>;
  /**
   * Gives a service another owner: it moves into a document of that one, and its address stays. Idempotent;
   * asked again, it ends what was left half done. Throws as `declare` does.
   */
  transfer(request: TransferRequest): Promise<DeclareResult>;
  /** Newest first. */
  history(query: HistoryQuery): Promise<readonly JournalEntry[]>;
}

/** What only the running manager can tell, for the routes that show single containers. */
export interface Inspection {
  /** Every service that is declared or still there, by name, as of the last look. */
  details(): readonly ServiceDetail[];
  /**
   * Resolves once what the documents say of a service now has come to its end, good or bad, or once the signal
   * aborts. Wakes the loop.
   */
  settled(service: string, signal: AbortSignal): Promise<void>;
  /** Asks it now, within 45 s, and remembers nothing; callers share it. Throws SERVICE_UNKNOWN, TOO_MANY_REQUESTS. */
  checkNow(service: string): Promise<ServiceDetail>;
  /** What an image reference means where services run. Throws AppError RUNTIME_UNAVAILABLE. */
  image(reference: string, signal: AbortSignal): Promise<ImageDetail>;
  /** As they are written; what cannot be read has an `error`. Throws DOCUMENTS_UNREADABLE. */
  templates(): Promise<readonly SourceFile[]>;
}

/** One service with what its status does not tell. */
export interface ServiceDetail {
  readonly status: ServiceStatus;
  /** As it is declared; absent when no document names it any more. */
  readonly desired?: DesiredService;
  /** Of its instances, the newest first. */
  readonly containerIds: readonly string[];
  readonly containerId?: string;
  /** When its newest instance was started. */
  readonly createdAtMs?: number;
  /** Where its newest instance is reached from here. */
  readonly internalUrl?: string;
  /** How long the last check of that instance took. */
  readonly responseMs?: number;
  /** Whether that instance answered just now; absent where it was not asked. */
  readonly answer?: { readonly kind: 'good' } | { readonly kind: 'none'; readonly cause: string };
}

export interface ImageDetail {
  readonly image: string;
  /** In the store of the runtime. */
  readonly exists: boolean;
  /** It is there, or a registry has it. */
  readonly canPull: boolean;
  readonly sizeBytes?: number;
}

export interface Health {
  readonly managerId: string;
  readonly version: string;
  readonly pid: number;
  /** `auto` applies by itself, `approve` waits for `apply`, `none`: no manager is running. */
  readonly mode: 'auto' | 'approve' | 'none';
  readonly runtime: string;
  readonly stateFolder: string;
  readonly startedAtMs: number;
  /** What does not work now, in words; empty when all is well. Never about single services. */
  readonly troubles: readonly string[];
  /** Those of them that hold no service up: events wait until they can be delivered. */
  readonly harmless: readonly string[];
}

/** The contract of `schemas/status.schema.json`. */
export interface StatusReport {
  readonly services: readonly ServiceStatus[];
  readonly problems: readonly Problem[];
  /** What is seen and never touched, as of the last look at everything; volumes as of the last deep one. */
  readonly leftAlone: readonly LeftAlone[];
}

export interface PlanRequest {
  /** Only these services; all when absent. */
  readonly names?: readonly string[];
  readonly allowRemovals?: number;
  /** Texts by file name: what would be if these were the documents. */
  readonly documents?: Readonly<Record<string, string>>;
}

export interface ApplyRequest {
  readonly names?: readonly string[];
  /** The plan that was read and approved: refused as a whole when stale. */
  readonly plan?: PlanDocument;
  readonly allowRemovals?: number;
  /** Until converged or failed; otherwise only until the steps are set in motion. */
  readonly wait: boolean;
  readonly by: string;
}

export type ApplyMessage =
  | { readonly kind: 'event'; readonly event: CloudEvent }
  | { readonly kind: 'result'; readonly result: ApplyResult };

export interface ApplyResult {
  /** Exit codes 0, 0, 1, 1, 3 and 4 in this order; `begun` where nobody waits for more. */
  readonly outcome: 'converged' | 'begun' | 'failed' | 'blocked' | 'stale' | 'not-verified';
  readonly services: readonly ServiceStatus[];
  readonly stale: readonly StaleService[];
}

type PlainRequest = 'restart' | 'pause' | 'update' | 'update-bridge' | 'forget';

export type Command =
  | { readonly kind: PlainRequest; readonly service: string; readonly by: string }
  | { readonly kind: 'unpause'; readonly service: string; readonly by: string }
  | {
      readonly kind: 'remove';
      readonly service: string;
      readonly volumes: boolean;
      readonly by: string;
    }
  | {
      readonly kind: 'rollback';
      readonly service: string;
      /** A release, or the beginning of its name; absent: the last good one but the one that runs. */
      readonly to?: string;
      readonly by: string;
    };

export interface ImportRequest {
  /** Id or name of a running container. */
  readonly container: string;
  readonly service: string;
  /** At which its server listens; needed where the container does not tell. */
  readonly port?: number;
  /** Of its MCP endpoint; the default of documents when absent. */
  readonly path?: string;
}

/** No value of a secret is in it. */
export interface ImportDraft {
  readonly containerId: string;
  readonly containerName: string;
  /** Relative to the documents folder; nothing lies there yet. */
  readonly file: string;
  readonly text: string;
  readonly secrets: readonly { readonly variable: string; readonly reference: string }[];
  /** What a person should know before, in words. */
  readonly notes: readonly string[];
  readonly plan: PlanDocument;
}

/** A tool as its server lists it. All but `standing` is the server's own word. */
export interface ListedTool extends ToolDefinition {
  readonly standing: 'approved' | 'added' | 'changed' | 'not locked';
}

export interface ToolReport {
  readonly service: string;
  readonly release: string;
  readonly lock: 'off' | 'warn' | 'enforce';
  /** Sorted by name. */
  readonly tools: readonly ListedTool[];
  /** Approved, and no longer listed. */
  readonly missing: readonly string[];
}

export interface CallRequest {
  readonly service: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface EventQuery {
  /** Event id (exclusive), or RFC 3339 time (inclusive); from now on when absent. */
  readonly since?: string;
  readonly follow: boolean;
  readonly service?: string;
  /** `service.failed`, or `drift` for all that begin so; every type when absent. */
  readonly types?: readonly string[];
}

export interface HistoryQuery {
  readonly service?: string;
  /** Who asks is for this workspace alone: only what was recorded for it. */
  readonly workspace?: string;
  readonly limit: number;
}
