import type { Engine } from './engine.ts';

/** What a call is made with: the engine, who makes it, and who may call it off. */
export interface Scene {
  readonly engine: Engine;
  readonly managerId: string;
  readonly signal: AbortSignal;
}
