import type { NewEvent } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import { shortId } from '../plan/image.ts';
import type { PlanInput } from '../plan/input.ts';
import { eventOf, factsOf } from './tell.ts';

/** Tells of every update that holds now, also of those that found nothing newer. */
export function updateEvents(
  { services }: Plan,
  { requests, nowMs }: PlanInput,
): readonly NewEvent[] {
  const updates = new Set(requests.filter(({ kind }) => kind === 'update').map(({ id }) => id));
  return services.flatMap(({ spent, status }) => {
    const { image, imageId } = status;
    if (image === undefined || imageId === undefined) return [];
    if (!spent.some((id) => updates.has(id))) return [];
    const cause = `${image} is up to date: ${shortId(imageId)}`;
    return [eventOf('service.updated', factsOf(status), nowMs, { image, imageId, cause })];
  });
}
