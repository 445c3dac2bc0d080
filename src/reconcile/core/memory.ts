import { type CoreMemory, isSpent } from '../../model/core.ts';
import type { NewEvent } from '../../model/event.ts';
import type { StoreChange } from '../../model/journal.ts';
import type { Clock, Store } from '../../ports.ts';

/** Deletions of instances that were never here, and refusals, are remembered for a day; a flood of them is not. */
const MOST_REMEMBERED = 20_000;

export type ChangeMemory = (memory: CoreMemory) => CoreMemory;

/** What is remembered of core's instances: changed by whoever works for them, at the same time. */
export interface CoreMemories {
  all(): ReadonlyMap<string, CoreMemory>;
  of(instanceId: string): CoreMemory;
  /** All in one durable transaction, with what it is told by. Throws STATE_UNWRITABLE. */
  change(changes: ReadonlyMap<string, ChangeMemory>, events?: readonly NewEvent[]): void;
  /** Forgets what is spent, and of deletions and refusals the oldest where there are too many. */
  sweep(): void;
}

export function createCoreMemories(
  store: Pick<Store, 'core' | 'commit'>,
  clock: Clock,
): CoreMemories {
  const toChange = (instanceId: string, memory: CoreMemory): StoreChange => ({
    kind: 'core',
    instanceId,
    ...(!isSpent(memory, clock()) && { memory }),
  });
  return {
    all: () => store.core(),
    of: (instanceId) => store.core().get(instanceId) ?? {},
    change(changes, events = []) {
      const before = store.core();
      store.commit([
        ...[...changes].map(([id, change]) => toChange(id, change(before.get(id) ?? {}))),
        ...events.map((event) => ({ kind: 'event', event }) as const),
      ]);
    },
    sweep() {
      const all = [...store.core()];
      const spent = all.filter(([, memory]) => isSpent(memory, clock()));
      const passing = all.filter(([, memory]) => isPassing(memory));
      const surplus = passing.slice(0, Math.max(0, passing.length - MOST_REMEMBERED));
      const ids = new Set([...spent, ...surplus].map(([id]) => id));
      store.commit([...ids].map((instanceId) => ({ kind: 'core', instanceId })));
    },
  };
}

/** Of an instance that has no service here, and that core is owed no word of. */
function isPassing({ deletedAtMs, removing, refusal, told }: CoreMemory): boolean {
  if (refusal) return true;
  return deletedAtMs !== undefined && removing !== true && told === undefined;
}
