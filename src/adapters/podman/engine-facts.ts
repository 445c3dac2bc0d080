import { type EngineInfo, losesIsolation } from '../../model/engine.ts';
import type { Engine } from './engine.ts';
import { askInfo } from './read-info.ts';

/** What does not change while an engine runs, and decides how containers are made on it. */
export interface EngineFacts {
  readonly rootless: boolean;
  readonly losesIsolation: boolean;
  /** Which limits it can hold. */
  readonly held: Readonly<Record<Limit, boolean>>;
}

export const LIMITS = ['memory', 'cpu', 'pids'] as const;
export type Limit = (typeof LIMITS)[number];

const LIMIT_NAMES = { memory: 'memory', cpu: 'CPU', pids: 'processes' } as const;

export interface FactsReader {
  (signal: AbortSignal): Promise<EngineFacts>;
  /** The engine was away: it may be another one now. */
  forget(): void;
}

/** `info` takes the engine half a second, so it is asked once; after a failure or a gap again. */
export function createFactsReader(engine: Engine): FactsReader {
  let known: EngineFacts | undefined;
  const read = async (signal: AbortSignal): Promise<EngineFacts> => {
    known ??= toFacts(await askInfo(engine, signal));
    return known;
  };
  const forget = (): void => void (known = undefined);
  return Object.assign(read, { forget });
}

/** What people must know of such an engine. */
export function toLimitations(facts: EngineFacts): readonly string[] {
  const missing = LIMITS.filter((limit) => !facts.held[limit]);
  const names = missing.map((limit) => LIMIT_NAMES[limit]).join(', ');
  return [
    ...(missing.length === 0
      ? []
      : [
          `This engine cannot limit ${names}: rootless Podman needs cgroup v2 with these controllers delegated to its user.`,
        ]),
    ...(facts.losesIsolation
      ? [
          'This engine lets services reach each other from the end of one of them to the next start: a fault of its netavark (docs/podman.md).',
        ]
      : []),
  ];
}

function toFacts(info: EngineInfo): EngineFacts {
  const { rootless, controllers } = info;
  const held = new Set(controllers);
  return {
    rootless,
    losesIsolation: losesIsolation(info),
    held: { memory: held.has('memory'), cpu: held.has('cpu'), pids: held.has('pids') },
  };
}
