import type { Engine } from './engine.ts';
import { toInfo } from './read-info.ts';

/** What does not change while an engine runs, and decides how containers are made on it. */
export interface EngineFacts {
  readonly rootless: boolean;
  /** Which limits it can hold. */
  readonly held: Readonly<Record<Limit, boolean>>;
}

export type Limit = 'memory' | 'cpu' | 'pids';

const LIMIT_NAMES = { memory: 'memory', cpu: 'CPU', pids: 'processes' } as const;

/** `info` takes the engine half a second, so it is asked once; after a failure again. */
export function createFactsReader(engine: Engine): (signal: AbortSignal) => Promise<EngineFacts> {
  let known: EngineFacts | undefined;
  return async (signal) => {
    const call = { signal, what: 'ask the engine about itself', urgency: 'look' } as const;
    known ??= toFacts(await engine.libpod(call, { method: 'GET', path: '/info' }));
    return known;
  };
}

/** What people must know of such an engine. */
export function toLimitations({ held }: EngineFacts): readonly string[] {
  const missing = (['memory', 'cpu', 'pids'] as const).filter((limit) => !held[limit]);
  if (missing.length === 0) return [];
  const names = missing.map((limit) => LIMIT_NAMES[limit]).join(', ');
  return [
    `This engine cannot limit ${names}: rootless Podman needs cgroup v2 with these controllers delegated to its user.`,
  ];
}

function toFacts(answer: unknown): EngineFacts {
  const { rootless, controllers } = toInfo(answer);
  const held = new Set(controllers);
  return {
    rootless,
    held: { memory: held.has('memory'), cpu: held.has('cpu'), pids: held.has('pids') },
  };
}
