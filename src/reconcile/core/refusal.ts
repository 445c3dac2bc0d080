import { isDeleted } from '../../model/core.ts';
import type { NewEvent } from '../../model/event.ts';
import type { DesiredService } from '../../model/service.ts';
import type { Clock, Log } from '../../ports.ts';
import { keepTold } from './deletions.ts';
import type { ChangeMemory, CoreMemories } from './memory.ts';
import type { CoreErrand } from './queue.ts';

export interface Refusal {
  readonly errand: CoreErrand;
  readonly cause: string;
  /** What runs of the instance already, and goes on. */
  readonly service: DesiredService | undefined;
}

export interface RefusalOptions {
  readonly memories: Pick<CoreMemories, 'of'>;
  readonly clock: Clock;
  readonly log: Log;
  /** After something was refused, which core is to be told. */
  readonly refused: () => void;
}

/** Keeps it for core to be told, among `changes`; answers the event by which it is told, where it is no repeat. */
export function refuse(
  { memories, clock, log, refused }: RefusalOptions,
  refusal: Refusal,
  changes: Map<string, ChangeMemory>,
): readonly NewEvent[] {
  const { errand, cause, service } = refusal;
  const { instanceId } = errand;
  const name = 'name' in errand ? errand.name : undefined;
  const memory = memories.of(instanceId);
  const atMs = clock();
  if (name !== undefined && isDeleted(memory, atMs)) return [];
  const isNews = memory.refusedFor !== cause;
  if (name !== undefined && service === undefined && memory.refusal?.cause !== cause) {
    const kept = { refusal: { name, cause, atMs }, refusedFor: cause };
    changes.set(instanceId, ({ told }) => ({ ...kept, ...keepTold(told) }));
    refused();
  } else if (isNews) {
    const settle = changes.get(instanceId) ?? ((before) => before);
    changes.set(instanceId, (before) => ({ ...settle(before), refusedFor: cause }));
  }
  if (!isNews) return [];
  log.warn({ instance: instanceId, cause }, 'what the platform wants is refused');
  return [toEvent(refusal, name, atMs)];
}

function toEvent(
  { errand: { instanceId }, cause, service }: Refusal,
  name: string | undefined,
  timeMs: number,
): NewEvent {
  const wish = name === undefined ? 'delete' : 'create';
  // Whoever has taken an instance of core is not told what core calls it.
  const isTaken = wish === 'create' && service?.origin !== 'core';
  const workspace = isTaken ? undefined : service?.platform?.workspaceId;
  return {
    type: 'core.refused',
    timeMs,
    ...(service && { subject: service.name }),
    ...(workspace !== undefined && { workspace }),
    data: { wish, instanceId, ...(name !== undefined && { name }), cause },
    origin: 'core',
  };
}
