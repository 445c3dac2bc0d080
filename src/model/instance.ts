import type { ServiceSpec } from './service.ts';

export type InstanceState = 'created' | 'running' | 'paused' | 'exited';

/** It holds what it holds: it runs, or is only paused. */
export function isUp({ state }: { readonly state: InstanceState }): boolean {
  return state === 'running' || state === 'paused';
}

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

/**
 * One copy of one release as its runtime reports it. Only ours: owner label and own name agree, or a
 * document adopts it by its id.
 */
export interface Instance {
  readonly id: string;
  /**
   * Not made by us: it has no labels, so `revision` and `release` are empty until its name tells them,
   * and drift is not looked for.
   */
  readonly adopted?: true;
  readonly name: string;
  readonly service: string;
  readonly revision: string;
  readonly release: string;
  readonly spec?: ServiceSpec;
  /** Secret versions at creation; absent when they cannot be known any more. */
  readonly secretVersions?: Readonly<Record<string, string>>;
  readonly imageId?: string;
  /** Version of the bridge before its program; absent where there is none, or none that lasts. */
  readonly bridge?: string;
  readonly state: InstanceState;
  readonly startedAtMs?: number;
  readonly exit?: Exit;
  /**
   * Base URL at which the running instance is reached from here: `http://127.0.0.1:40123`, or with one
   * name as its path where several share an address.
   */
  readonly url?: string;
  /** What the list itself shows is always told; the rest only by a deep observation. */
  readonly drift: readonly FieldDrift[];
}

/** What every runtime knows of a container that a document adopts: nothing. */
export const ADOPTED = { adopted: true, revision: '', release: '', drift: [] } as const;

/** What a runtime must know of a container that a document adopts. */
export interface Adoption {
  readonly service: string;
  /** The port inside it at which the server listens. */
  readonly port: number;
}

/** An object that holds a name we may want and is not ours. Never touched. */
export interface ForeignObject {
  readonly id: string;
  readonly name: string;
  readonly owner?: string;
  /** It carries our labels, and they say another name: renamed by hand, let go, or a copy of ours. */
  readonly labelled?: OwnLabels;
}

/** What the labels of ours say that stand on an object of another name. */
export interface OwnLabels {
  readonly service: string;
  readonly name: string;
  /** It runs, or is only paused. */
  readonly up: boolean;
  readonly spec?: ServiceSpec;
}

/** A network or volume of ours that no container of ours uses. */
export interface Orphan {
  readonly kind: 'network' | 'volume';
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** Of a volume: its name in the fleet, by which others may name it too. */
  readonly source?: string;
}

/** What one runtime says in one list. Unobserved is never the same as absent. */
export type Observation =
  | {
      readonly ok: true;
      readonly instances: readonly Instance[];
      readonly foreign: readonly ForeignObject[];
      /** Filled by a deep observation only. */
      readonly orphans?: readonly Orphan[];
      /** What this runtime cannot hold (limits, isolation); told once, no drift. */
      readonly limitations: readonly string[];
    }
  | { readonly ok: false; readonly cause: string };
