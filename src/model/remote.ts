import type { ServiceSpec } from './service.ts';

/** The runtime of services that run elsewhere: what is made of one here is its entry in the router program. */
export const REMOTE_RUNTIME = 'remote';

/** On the router program's control socket: GET lists `RemoteReport`s, POST takes a `RemoteCommand`. */
export const REMOTES_PATH = '/.router/remotes';

/** What is remembered of a remote instance beside it, as labels are of a container; no secret values. */
export interface RemoteLabels {
  readonly service: string;
  readonly revision: string;
  readonly release: string;
  readonly spec: ServiceSpec;
  readonly secretVersions: Readonly<Record<string, string>>;
  /** Ranges (CIDR) that it may lead to although they are not public. */
  readonly allowed: readonly string[];
}

/** One instance as it shall be. The values of its headers are nowhere else but here. */
export interface RemoteOrder {
  readonly name: string;
  readonly url: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly labels: RemoteLabels;
}

/** One instance as it is; `url` while it takes requests, with its name as the only part of the path. */
export interface RemoteReport {
  readonly id: string;
  readonly name: string;
  readonly labels: RemoteLabels;
  readonly state: 'created' | 'running' | 'exited';
  readonly startedAtMs?: number;
  readonly exitedAtMs?: number;
  readonly url?: string;
}

/** A command addresses an instance by its id where that is known, else by its name. */
export type RemoteCommand =
  | { readonly kind: 'create'; readonly order: RemoteOrder }
  | { readonly kind: 'start' | 'remove'; readonly name: string; readonly id?: string }
  | {
      readonly kind: 'stop';
      readonly name: string;
      readonly id?: string;
      readonly graceMs: number;
    };

/** The id of the instance that was meant; absent where there is none (any more). */
export interface RemoteAnswer {
  readonly id?: string;
}
