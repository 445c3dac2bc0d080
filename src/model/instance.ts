import type { ServiceSpec } from './service.ts';

export type InstanceState = 'created' | 'running' | 'paused' | 'exited';

/** How an instance ended. `atMs` is wall-clock time in milliseconds. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly atMs: number;
}

/** One live field that differs from what was applied. */
export interface FieldDrift {
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** One copy of one release as its runtime reports it. Only ours: owner label and own name agree. */
export interface Instance {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly revision: string;
  readonly release: string;
  readonly spec?: ServiceSpec;
  /** Secret versions at creation; absent when they cannot be known any more. */
  readonly secretVersions?: Readonly<Record<string, string>>;
  readonly imageId?: string;
  readonly state: InstanceState;
  readonly startedAtMs?: number;
  readonly exit?: Exit;
  /** Base URL at which the running instance is reached from here: `http://127.0.0.1:40123`. */
  readonly url?: string;
  /** Filled by a deep observation only. */
  readonly drift: readonly FieldDrift[];
}

/** An object that holds a name we may want and is not ours. Never touched. */
export interface ForeignObject {
  readonly id: string;
  readonly name: string;
  readonly owner?: string;
}

/** What one runtime says in one list. Unobserved is never the same as absent. */
export type Observation =
  | {
      readonly ok: true;
      readonly instances: readonly Instance[];
      readonly foreign: readonly ForeignObject[];
      /** What this runtime cannot hold (limits, isolation); told once, no drift. */
      readonly limitations: readonly string[];
    }
  | { readonly ok: false; readonly cause: string };
