import type { DocumentSet } from './model/document-set.ts';
import type { CloudEvent } from './model/event.ts';
import type { ContainerFacts } from './model/container.ts';
import type { CoreMemory } from './model/core.ts';
import type { ServiceHistory } from './model/history.ts';
import type { Image } from './model/image.ts';
import type { Adoption, Observation } from './model/instance.ts';
import type { JournalEntry, JournalQuery, StoreChange } from './model/journal.ts';
import type { KeptAnswer } from './model/kept-answer.ts';
import type { LogLine, LogRequest } from './model/log-line.ts';
import type { RuntimeStep } from './model/plan.ts';
import type { Request } from './model/request.ts';
import type { Route, RouteObservation } from './model/route.ts';
import type { SecretState } from './model/secret.ts';
import type { ToolCall } from './model/service.ts';
import type { ToolResult } from './model/tool-result.ts';
import type { ToolDefinition } from './model/tool-surface.ts';
import type { CheckResult, ProbeTarget } from './model/verification.ts';

export type { DocumentSet, SourceFile } from './model/document-set.ts';
export type { LogLine, LogRequest } from './model/log-line.ts';
export type { SecretState } from './model/secret.ts';

/** Secret values by reference, fetched just before the step that needs them; never kept. */
export type SecretValues = ReadonlyMap<string, string>;

/** A place where services run. Errors are AppErrors; "already so" is success everywhere. */
export interface Runtime {
  readonly name: string;
  /**
   * One list, no call per object. `names` narrows it to the instances of these services.
   * `deep` fills `drift` and may cost a call per object. Never throws for an outage: `ok: false`.
   */
  observe(request: ObserveRequest, signal: AbortSignal): Promise<Observation>;
  /**
   * One call, idempotent: an existing object of ours on create, a missing one on stop, remove and
   * forget are success. A start, stop or remove addresses `target.id` where it is known.
   * Answers the id of the object (create, start). Throws AppError. A pull: IMAGE_MISSING and
   * IMAGE_UNAUTHORIZED wait for new input, REGISTRY_UNAVAILABLE (also when nothing arrives any more)
   * is tried again. A create whose image is not in the store: PROGRAM_FAILED, and it is pulled again.
   */
  perform(step: RuntimeStep, values: SecretValues, signal: AbortSignal): Promise<StepResult>;
  /**
   * What each reference, or image id, means in the runtime's own store now; absent: it is not there.
   * Cheap: asks no registry. Throws AppError RUNTIME_UNAVAILABLE.
   */
  images(references: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Image>>;
  /** Whether a registry has the image, without pulling it; absent where there are no registries. Never throws. */
  canPull?(reference: string, signal: AbortSignal): Promise<boolean>;
  /** Version of the bridge that the next stdio instance gets, where each keeps its own. Throws AppError. */
  bridgeVersion?(): Promise<string>;
  /**
   * All about one container, ours or not, by its id or name; undefined when there is none. Holds values
   * in clear. Throws AppError NOT_SUPPORTED where there are no containers, RUNTIME_UNAVAILABLE.
   */
  inspect(container: string, signal: AbortSignal): Promise<ContainerFacts | undefined>;
  /** Calls `wake` with the service's name when something of ours changed, `deep` where only a deep look shows it; hints only. */
  watch(wake: (service: string | undefined, deep?: boolean) => void, signal: AbortSignal): void;
  /** Output lines of one instance, oldest first. Ends when `follow` is false or the signal aborts. */
  logs(instance: string, request: LogRequest, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Whether requests from this address can be a service's; true while nobody can tell. Never throws. */
  isOfService?(address: string): Promise<boolean>;
  /** Removes what is kept for many services and used by none. Idempotent. Throws AppError. */
  tidy?(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface ObserveRequest {
  readonly names?: ReadonlySet<string>;
  readonly deep: boolean;
  /**
   * Containers without labels of ours that documents adopt, by id: reported as instances that are
   * `adopted`, whatever their names are. One that carries the label of another manager is not.
   */
  readonly adopted?: ReadonlyMap<string, Adoption>;
}

export interface StepResult {
  readonly id?: string;
}

/** Carries traffic from `/mcp/<slug>` to instances. Both writes are idempotent. */
export interface Router {
  /** Public base without a trailing slash: `http://127.0.0.1:7999`. */
  readonly baseUrl: string;
  observe(): RouteObservation;
  route(route: Route, signal: AbortSignal): Promise<void>;
  unroute(slug: string, signal: AbortSignal): Promise<void>;
  /**
   * Requests and streams that are open through it now, by instance; who is not in it has none.
   * Undefined where nobody counts, or the router does not answer. Never throws.
   */
  openCalls(signal: AbortSignal): Promise<ReadonlyMap<string, number> | undefined>;
  /**
   * Milliseconds since the instance last answered a request of a client with success; undefined when it
   * never did or the router cannot tell. Never throws. Absent where the router counts nothing.
   */
  answeredAgoMs?(instance: string): Promise<number | undefined>;
  /** Calls `wake` when it began or ceased to serve; hints only. */
  watch(wake: () => void, signal: AbortSignal): void;
  close(): Promise<void>;
}

export interface Secrets {
  /** Versions only: cheap, cached where the provider allows. Never throws; a bad reference is `refused`. */
  versions(
    references: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, SecretState>>;
  /** Values of all references, or an AppError that names the first one that has none. */
  resolve(references: readonly string[], signal: AbortSignal): Promise<SecretValues>;
  /**
   * Puts values where their `file:` references lead, for the manager's user alone. Idempotent; throws REFUSED, and
   * writes nothing, where another value lies already and is not to be replaced, and STATE_UNWRITABLE.
   */
  keep(values: SecretValues, options?: { readonly replaces: boolean }): Promise<void>;
  /** Of equal texts the same, and of no use to who guesses what the text is. Throws STATE_UNWRITABLE. */
  fingerprint(text: string): Promise<string>;
  /** Takes away what `keep` put there. Idempotent; throws STATE_UNWRITABLE. */
  drop(references: readonly string[]): Promise<void>;
}

/** Speaks MCP to one instance. Never throws: what goes wrong is a `failed` result. */
export interface Prober {
  /** Handshake in the era the server speaks and `tools/list`; or what `verify.kind` says. */
  verify(target: ProbeTarget, signal: AbortSignal): Promise<CheckResult>;
  /** One raw request for liveness. Leaks no session. */
  probe(target: ProbeTarget, last: CheckResult, signal: AbortSignal): Promise<CheckResult>;
  /**
   * Requests and sessions that are open at the bridge that answers at this base URL; undefined where it
   * does not. Never throws.
   */
  openCalls(url: string, signal: AbortSignal): Promise<number | undefined>;
  /** What the server lists now, sorted by name; bounded in number and bytes. Throws AppError MCP_FAILED. */
  listTools(target: ProbeTarget, signal: AbortSignal): Promise<readonly ToolDefinition[]>;
  /** One call of a tool; what the tool answers is no error here. Throws AppError MCP_FAILED, TOOL_UNKNOWN. */
  callTool(target: ProbeTarget, call: ToolCall, signal: AbortSignal): Promise<ToolResult>;
  /** A check of a listener of our own: false means that the observer is at fault. */
  control(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/** The local memory of the manager. Synchronous: one writer, one file. Throws AppError STATE_UNWRITABLE. */
export interface Store {
  /** The store's own uuid: names the producer of its events. Changes only by `renewProducer`. */
  readonly producer: string;
  /** All changes in one durable transaction, in order; or none and an AppError. */
  commit(changes: readonly StoreChange[]): void;
  histories(): ReadonlyMap<string, ServiceHistory>;
  requests(): readonly Request[];
  /** What is remembered of instances of core, by id. */
  core(): ReadonlyMap<string, CoreMemory>;
  /** The services that were removed by disappearance since then, in order. */
  removalsSince(sinceMs: number): readonly string[];
  /** What a write of the last 24 hours was answered, unless too many came since. */
  answer(id: string): KeptAnswer | undefined;
  /** Newest first. `interrupted` are those without an outcome. */
  journal(query: JournalQuery): readonly JournalEntry[];
  /** Events numbered above `after`, in order, at most `limit`. */
  events(after: number, limit: number): readonly StoredEvent[];
  /**
   * Everything up to this number is delivered; older delivered events may be trimmed. A lower number
   * than before is right when the broker lost what it had.
   */
  delivered(number: number): void;
  /** The number up to which events are delivered; 0 at first. */
  deliveredUpTo(): number;
  /** The highest number ever given to an event; 0 at first. */
  lastNumber(): number;
  /**
   * Takes a new uuid, also for the undelivered events; numbers go on. For a store that was copied or
   * restored: the broker has numbers of the former producer that this store never gave.
   */
  renewProducer(): void;
  close(): void;
}

export interface StoredEvent {
  readonly number: number;
  readonly event: CloudEvent;
}

/** The right to write, of one process at a time: for a state folder, or for a manager id on an engine. */
export interface Lease {
  /**
   * Before a write: makes sure that the lease is still held, and takes it again where it was lost to
   * nobody. Throws LEASE_HELD that names who has it now; an infrastructure error when nobody can say.
   */
  confirm(): Promise<void>;
  /** Aborts once somebody else holds it, with that LEASE_HELD as its reason. */
  readonly lost: AbortSignal;
  /** Idempotent. Without it the lease is free when the process has ended. */
  release(): Promise<void>;
}

export interface Documents {
  read(signal: AbortSignal): Promise<DocumentSet>;
  /** Wakes after changes have settled; carries nothing. Ends with the signal. */
  watch(wake: () => void, signal: AbortSignal): void;
  /**
   * Replaces the whole text of one document, atomically, when its current text is `expected`
   * (undefined: it must not exist). `text` undefined deletes it. Throws DOCUMENT_CHANGED otherwise.
   * The file of approved tools is written in the same way, and with `writeTemplate` one of the templates folder.
   */
  write(file: string, expected: string | undefined, text: string | undefined): Promise<void>;
  readonly writeTemplate: Documents['write'];
  /** Writes the manager id where there is none and answers the id that holds. */
  ensureManagerId(id: string): Promise<string>;
}

/** Takes events to the outside: each is stored once, in order, however often it is sent (design §11). */
export interface Broker {
  /**
   * Stores those of the batch that are above the last stored number of their producer, and answers
   * the last stored number. Where that was below `after`, something was lost: then nothing is stored,
   * and the sender goes on from the answer. Throws AppError BROKER_UNAVAILABLE: stored or not, send again.
   */
  publish(batch: EventBatch, signal: AbortSignal): Promise<number>;
  /** The last stored number of a producer; 0 where there is none. Throws BROKER_UNAVAILABLE. */
  lastStored(producer: string, signal: AbortSignal): Promise<number>;
  /** Calls `wake` whenever a connection came about: what was stored before may be lost. */
  watch(wake: () => void, signal: AbortSignal): void;
  /** Why there is no connection now; undefined while there is one, or none was tried yet. */
  trouble(): string | undefined;
  close(): Promise<void>;
}

/** Events of one producer in the order of their numbers. */
export interface EventBatch {
  readonly producer: string;
  /** The number that the sender takes for stored. */
  readonly after: number;
  readonly events: readonly StoredEvent[];
}

/** Wall-clock time in milliseconds; injected so that time is data. */
export type Clock = () => number;

export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
