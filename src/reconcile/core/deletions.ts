import { type CoreMemory, isDeleted } from '../../model/core.ts';
import type { Desired } from '../../model/service.ts';
import type { Clock } from '../../ports.ts';
import type { ChangeMemory, CoreMemories } from './memory.ts';
import type { CoreErrand } from './queue.ts';

export interface DeletionOptions {
  readonly memories: Pick<CoreMemories, 'of' | 'change'>;
  readonly desired: () => Desired;
  readonly clock: Clock;
}

/** Deletions that wait go at the next start, should the manager end before. Throws STATE_UNWRITABLE. */
export function rememberWaiting(options: DeletionOptions, errands: readonly CoreErrand[]): void {
  const { memories, desired, clock } = options;
  const late = errands.filter(({ instanceId }) => !isDeleted(memories.of(instanceId), clock()));
  if (late.length === 0) return;
  const here = new Set(desired().services.map(({ platform }) => platform?.instanceId));
  const changes = late.flatMap((errand) => {
    const { service } = memories.of(errand.instanceId);
    return rememberDeletion(options, errand, service !== undefined || here.has(errand.instanceId));
  });
  memories.change(new Map(changes));
}

/** What is remembered of a deletion, and whether a document is still to be removed for it. */
export function rememberDeletion(
  { clock }: Pick<DeletionOptions, 'clock'>,
  errand: CoreErrand,
  removing: boolean,
): readonly (readonly [string, ChangeMemory])[] {
  if (errand.kind !== 'deleted') return [];
  const deletedAtMs = clock();
  const change: ChangeMemory = ({ told, service, refusedFor }) => ({
    deletedAtMs,
    ...(removing && { removing }),
    ...keepTold(told),
    ...(refusedFor !== undefined && { refusedFor }),
    ...(service !== undefined && { service }),
  });
  return [[errand.instanceId, change]];
}

/** Of what core was told nothing is forgotten until it is told that the instance is gone. */
export function keepTold(told: CoreMemory['told']): Pick<CoreMemory, 'told'> {
  return told ? { told } : {};
}

/** Core expects a word about its instance, and hears the same one as before. */
export function tellAgain(told: CoreMemory['told']): Pick<CoreMemory, 'told'> {
  return told ? { told: { ...told, key: '' } } : {};
}
