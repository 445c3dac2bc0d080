import type { Pulled } from '../model/history.ts';
import type { Request } from '../model/request.ts';
import type { DesiredService } from '../model/service.ts';
import type { ServiceView } from './view.ts';

/** A pull counts for so long; a tag that may move by itself is looked at as often. */
const LOOK_MS = 600_000;

/** The last pull of the image that is wanted now, where it shall run. */
export function pulledFor(
  { history: { pulled } }: ServiceView,
  { runtime, spec }: DesiredService,
): Pulled | undefined {
  return pulled?.image === spec.image && pulled?.runtime === runtime ? pulled : undefined;
}

/** Whether a pull is from just now; also a clock that was set back makes it old. */
export function isRecent({ atMs }: { readonly atMs: number }, nowMs: number): boolean {
  return Math.abs(nowMs - atMs) < LOOK_MS;
}

export interface Updates {
  readonly answered: readonly Request[];
  readonly open: readonly Request[];
}

/** The wishes to update, by whether the pull that they ask for was done. */
export function updatesOf(view: ServiceView, desired: DesiredService): Updates {
  const wishes = view.requests.filter(({ kind }) => kind === 'update');
  const answers = new Set(pulledFor(view, desired)?.answers);
  return {
    answered: wishes.filter(({ id }) => answers.has(id)),
    open: wishes.filter(({ id }) => !answers.has(id)),
  };
}
