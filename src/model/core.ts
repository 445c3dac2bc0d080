/** What the surrounding platform's core wants of one instance, already turned into the words of documents. */
export type CoreWish =
  | CoreCreation
  /** Its specification cannot be carried out; `cause` repeats no value of it. */
  | {
      readonly kind: 'refused';
      readonly instanceId: string;
      readonly name: string;
      readonly cause: string;
    }
  | { readonly kind: 'deleted'; readonly instanceId: string };

export interface CoreCreation {
  readonly kind: 'created';
  readonly instanceId: string;
  /** As the platform shows it: free text, and not unique. */
  readonly name: string;
  /** The name for its document, unless it has one already. */
  readonly service: string;
  /** May hold secrets in clear. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What core's list says has become of it; absent: it shall run. */
  readonly standing?: 'stopped' | 'failed';
}

/** What core's list of instances says, or why it says nothing. */
export type CoreListing =
  | {
      readonly ok: true;
      readonly wishes: readonly CoreWish[];
      /** Every entry could be read: who is not in it is not there. */
      readonly complete: boolean;
    }
  | { readonly ok: false; readonly cause: string };

/** What core is told of a service (docs/platform.md). */
export interface CoreReport {
  readonly word: 'validating' | 'starting' | 'running' | 'failed' | 'stopped';
  /** Why it is not well; there with every `failed`. */
  readonly error?: string;
}

/** One report on its way; sent again it is the same. */
export interface CoreTelling {
  readonly instanceId: string;
  readonly name: string;
  readonly report: CoreReport;
  readonly atMs: number;
  /** Tells it from every other. */
  readonly seed: string;
  readonly containerId?: string;
  readonly url?: string;
}

/** What is remembered of one instance of core. */
export interface CoreMemory {
  /** Name in documents, once there was one. */
  readonly service?: string;
  /** Digest of the last creation that was carried out. */
  readonly wish?: string;
  /** Why its creation could not be carried out. */
  readonly refusal?: { readonly name: string; readonly cause: string; readonly atMs: number };
  /** Cause of the last refusal that was told as an event; a repeat of it is none. */
  readonly refusedFor?: string;
  /** Core has deleted it: it comes back no more. Wall-clock milliseconds. */
  readonly deletedAtMs?: number;
  /** Its document is still to be removed for that. */
  readonly removing?: boolean;
  /** Core's list has shown it since it was created. */
  readonly listed?: boolean;
  /** What core was told last, and under which name. */
  readonly told?: { readonly key: string; readonly name: string };
}

/** A delete may come before its create; after a day that is no longer to be expected. */
const DELETED_FOR_MS = 24 * 60 * 60 * 1000;
/** Then core is told again, if it still wants it. */
const REFUSED_FOR_MS = 24 * 60 * 60 * 1000;

export function isDeleted({ deletedAtMs }: CoreMemory, nowMs: number): boolean {
  return deletedAtMs !== undefined && nowMs - deletedAtMs <= DELETED_FOR_MS;
}

/** Nothing that would be missed: it may be forgotten. */
export function isSpent(memory: CoreMemory, nowMs: number): boolean {
  const { wish, refusal, removing, told } = memory;
  if (refusal) return told !== undefined && nowMs - refusal.atMs > REFUSED_FOR_MS;
  if (wish !== undefined || told !== undefined || removing === true) return false;
  return !isDeleted(memory, nowMs);
}
