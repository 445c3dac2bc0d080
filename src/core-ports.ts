import type { CoreListing, CoreReport, CoreTelling, CoreWish } from './model/core.ts';
import type { ServiceStatus } from './model/status.ts';

/** Messages from and to core, over channels that keep nothing (docs/platform.md). */
export interface CoreLink {
  /**
   * Calls `take` with each wish in the order of arrival, and `connected` whenever the channels are heard
   * again: what was sent before is missed. What cannot be read is counted and told to nobody. Never throws.
   */
  listen(hearing: CoreHearing, signal: AbortSignal): void;
  /** Sends all, in order. Throws AppError BROKER_UNAVAILABLE: sent or not, send again. */
  tell(tellings: readonly CoreTelling[], signal: AbortSignal): Promise<void>;
  /** What is not heard now, and why. */
  troubles(): readonly string[];
  close(): Promise<void>;
}

export interface CoreHearing {
  readonly take: (wish: CoreWish, bytes: number) => void;
  readonly connected: () => void;
  /** Told of each message that asks for nothing. */
  readonly left?: (kind: 'ignored' | 'malformed') => void;
}

/** All instances as core knows them. Never throws. */
export interface CoreList {
  /** Of one workspace only: who is not in it may be in another. */
  readonly isOfOneWorkspace: boolean;
  read(signal: AbortSignal): Promise<CoreListing>;
}

/** What is needed to work for core. */
export interface CoreParts {
  readonly link: CoreLink;
  /** Absent: what was missed is not made good. */
  readonly list?: CoreList;
  readonly syncMs: number;
  /** Of equal texts the same; tells nobody who guesses what the text is. */
  readonly fingerprint: (text: string) => string;
  /** Undefined where nothing can be said now; of a service that is gone, that it has stopped. */
  readonly reportOf: (status: ServiceStatus | undefined) => CoreReport | undefined;
  close(): Promise<void>;
}
