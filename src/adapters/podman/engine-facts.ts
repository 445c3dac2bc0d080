import type { EngineInfo } from '../../model/engine.ts';
import type { Engine } from './engine.ts';
import { askInfo } from './read-info.ts';

/** What does not change while an engine runs, and decides how containers are made on it. */
export interface EngineFacts {
  readonly rootless: boolean;
  /** Which limits it can hold. */
  readonly held: Readonly<Record<Limit, boolean>>;
}

export const LIMITS = ['memory', 'cpu', 'pids'] as const;
export type Limit = (typeof LIMITS)[number];

const LIMIT_NAMES = { memory: 'memory', cpu: 'CPU', pids: 'processes' } as const;

/** `info` takes the engine half a second, so it is asked once; after a failure again. */
export function createFactsReader(engine: Engine): (signal: AbortSignal) => Promise<EngineFacts> {
  let known: EngineFacts | undefined;
  return async (signal) => {
    known ??= toFacts(await askInfo(engine, signal));
    return known;
  };
}

/** What people must know of such an engine. */
export function toLimitations({ held }: EngineFacts): readonly string[] {
  const missing = LIMITS.filter((limit) => !held[limit]);
  if (missing.length === 0) return [];
  const names = missing.map((limit) => LIMIT_NAMES[limit]).join(', ');
  return [
    `This engine cannot limit ${names}: rootless Podman needs cgroup v2 with these controllers delegated to its user.`,
  ];
}

function toFacts({ rootless, controllers }: EngineInfo): EngineFacts {
  const held = new Set(controllers);
  return {
    rootless,
    held: { memory: held.has('memory'), cpu: held.has('cpu'), pids: held.has('pids') },
  };
}
