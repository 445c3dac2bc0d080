import type { CoreCreation, CoreWish } from '../../model/core.ts';

/** A flood that is larger is not kept; what was missed is made good by core's list. */
const MOST_WAITING = 20_000;
/** Beyond those; they are ids only, and no list makes them good as surely. */
const MOST_DELETIONS = 100_000;
const MOST_BYTES = 64 * 2 ** 20;

export type CoreErrand =
  | (CoreCreation & { readonly source: 'message' | 'list' })
  | Exclude<CoreWish, CoreCreation>
  /** Core's list has it no more. */
  | { readonly kind: 'unlisted'; readonly instanceId: string };

/** What core wants, and by which way it was heard. */
export function toErrand(wish: CoreWish, source: 'message' | 'list'): CoreErrand {
  return wish.kind === 'created' ? { ...wish, source } : wish;
}

/** What core wants and is not done yet: of each instance the latest, and of each a deletion for good. */
export interface CoreQueue {
  /** False: it is left out, as too much waits already. */
  add(errand: CoreErrand, bytes?: number): boolean;
  /** Those that wait longest, each of another instance; they stay until they are done. */
  next(most: number): readonly CoreErrand[];
  has(instanceId: string): boolean;
  deletions(): readonly CoreErrand[];
  /** Unless another one came for the same instance meanwhile. */
  done(errand: CoreErrand): void;
}

export function createCoreQueue(): CoreQueue {
  const waiting = new Map<string, { readonly errand: CoreErrand; readonly bytes: number }>();
  let held = 0;

  function drop(instanceId: string): void {
    held -= waiting.get(instanceId)?.bytes ?? 0;
    waiting.delete(instanceId);
  }

  return {
    add(errand, size = 0) {
      const { instanceId, kind } = errand;
      const before = waiting.get(instanceId);
      if (before?.errand.kind === 'deleted') return true;
      const bytes = kind === 'deleted' ? 0 : size;
      const most = kind === 'deleted' ? MOST_WAITING + MOST_DELETIONS : MOST_WAITING;
      const isTooMuch = bytes > 0 && held - (before?.bytes ?? 0) + bytes > MOST_BYTES;
      if (isTooMuch || (!before && waiting.size >= most)) return false;
      drop(instanceId);
      waiting.set(instanceId, { errand, bytes });
      held += bytes;
      return true;
    },
    next: (most) => [...waiting.values().take(most)].map(({ errand }) => errand),
    has: (instanceId) => waiting.has(instanceId),
    deletions: () =>
      [...waiting.values()].flatMap(({ errand }) => (errand.kind === 'deleted' ? [errand] : [])),
    done(errand) {
      if (waiting.get(errand.instanceId)?.errand === errand) drop(errand.instanceId);
    },
  };
}
