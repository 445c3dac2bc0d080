import type { ServiceHistory } from '../model/history.ts';
import type { Image } from '../model/image.ts';
import type { Observation } from '../model/instance.ts';
import type { Request } from '../model/request.ts';
import type { RouteObservation } from '../model/route.ts';
import type { SecretState } from '../model/secret.ts';
import type { Desired } from '../model/service.ts';
import type { Verification } from '../model/verification.ts';

/** Everything a decision may depend on, gathered before deciding. Time is data too. */
export interface PlanInput {
  readonly nowMs: number;
  /** Only a pass over `all` lets services go that no document names. */
  readonly scope: 'all' | ReadonlySet<string>;
  readonly desired: Desired;
  /** `desiredDigest` of every desired service, by name. */
  readonly digests: ReadonlyMap<string, string>;
  /** By runtime name. A runtime that is missing here was not opened. */
  readonly observations: ReadonlyMap<string, Observation>;
  readonly routes: RouteObservation;
  /** By secret reference. */
  readonly secrets: ReadonlyMap<string, SecretState>;
  /**
   * By runtime, then by reference or image id: what it means in that runtime's store. Asked only for
   * services with `pull: always` or a request to update.
   */
  readonly images: ReadonlyMap<string, ReadonlyMap<string, Image>>;
  /** By runtime: the bridge that a new instance gets, where a service in scope has one before it. */
  readonly bridges: ReadonlyMap<string, string>;
  /** Whether `pull: always` rolls by itself; not where a change waits for its approval. */
  readonly rollsMovedTags: boolean;
  /** By instance id. */
  readonly verifications: ReadonlyMap<string, Verification>;
  /** By instance name: requests, streams and sessions that are open; without those that nobody counts. */
  readonly openCalls: ReadonlyMap<string, number>;
  readonly observer: Observer;
  readonly histories: ReadonlyMap<string, ServiceHistory>;
  readonly requests: readonly Request[];
  readonly removals: Removals;
  /** Services still in motion when the world was observed. */
  readonly busy: ReadonlySet<string>;
  readonly settings: PlanSettings;
}

/** Set while the checks themselves cannot be believed: then nothing is restarted for failing them. */
export interface Observer {
  readonly fault?: { readonly cause: string; readonly untilMs: number };
}

/** By name: whoever went while the world was observed may still be seen in it, and must count once. */
export interface Removals {
  /** Services let go by disappearance in the last ten minutes. */
  readonly recent: readonly string[];
  /** Explicit allowances (`--allow-removals N`), each with whom it has let go since. */
  readonly allowances: readonly Allowance[];
}

export interface Allowance {
  readonly count: number;
  readonly used: readonly string[];
}

export interface PlanSettings {
  /** 0 to 100. */
  readonly maxPrunePercent: number;
  /** Public base URL of the router, without a trailing slash. */
  readonly baseUrl: string;
}
