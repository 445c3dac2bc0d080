import type { CoreMemory } from './core.ts';
import type { NewEvent } from './event.ts';
import type { ServiceHistory } from './history.ts';
import type { KeptAnswer } from './kept-answer.ts';
import type { Request } from './request.ts';

/** A step that is about to be done, written before it is. */
export interface Intent {
  /** Chosen by the caller; unique. */
  readonly id: string;
  readonly service: string;
  /** That the service was of then; absent: of none, or written by a version that did not record it. */
  readonly workspace?: string;
  readonly kind: string;
  readonly target: string;
  readonly cause: string;
  readonly planId: string;
  readonly revision?: string;
  readonly atMs: number;
}

export interface Outcome {
  readonly intentId: string;
  readonly result: 'done' | 'failed' | 'interrupted';
  readonly atMs: number;
  readonly code?: string;
  readonly message?: string;
}

/** One line of `history`: an intent with its outcome, if it has one yet. */
export interface JournalEntry extends Intent {
  readonly result?: Outcome['result'];
  readonly endedAtMs?: number;
  readonly code?: string;
  readonly message?: string;
}

export interface JournalQuery {
  readonly service?: string;
  /** Only what was recorded for this workspace. */
  readonly workspace?: string;
  readonly unfinished?: boolean;
  readonly limit: number;
}

/** One durable change. All changes of one commit are written in one transaction, or none. */
export type StoreChange =
  | { readonly kind: 'intent'; readonly intent: Intent }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'history'; readonly service: string; readonly history: ServiceHistory }
  | { readonly kind: 'history-removed'; readonly service: string }
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'request-spent'; readonly id: string }
  /** What is remembered of an instance of core; absent: no more. */
  | { readonly kind: 'core'; readonly instanceId: string; readonly memory?: CoreMemory }
  | { readonly kind: 'removal'; readonly service: string; readonly atMs: number }
  | { readonly kind: 'answer'; readonly answer: KeptAnswer }
  | { readonly kind: 'event'; readonly event: NewEvent };
