import type { Image } from '../model/image.ts';
import { releaseOf } from '../model/revision.ts';
import type { DesiredService } from '../model/service.ts';
import { presentBridge } from './bridge.ts';
import type { PlanInput } from './input.ts';
import { updatesOf } from './pulled.ts';
import { knownVersions } from './secret-versions.ts';
import type { Located } from './locate.ts';
import type { ServiceView } from './view.ts';

/** What the service's reference means in the store of its runtime, where that was asked. */
export function meaningOf(
  { runtime, spec }: DesiredService,
  { images }: Pick<PlanInput, 'images'>,
): Image | undefined {
  return spec.image === undefined ? undefined : images.get(runtime)?.get(spec.image);
}

/**
 * The image that what runs is held against: nobody else's tag moves a service, only an update whose
 * pull was done, and `pull: always` by itself. Unknown is no change.
 */
function wantedImage(
  view: ServiceView,
  desired: DesiredService,
  input: PlanInput,
): string | undefined {
  if (view.past) return undefined;
  const rolls = desired.pull === 'always' && input.rollsMovedTags;
  return rolls || updatesOf(view, desired).answered.length > 0
    ? meaningOf(desired, input)?.id
    : undefined;
}

/** The image that the next instance is made from; undefined: whatever its reference means then. */
export function imageToMake(
  view: ServiceView,
  desired: DesiredService,
  input: PlanInput,
): string | undefined {
  if (view.past) return view.past.imageId;
  const wanted = wantedImage(view, desired, input);
  if (wanted !== undefined || desired.pull !== 'always') return wanted;
  return approvedImage(view, desired, input) ?? meaningOf(desired, input)?.id;
}

/** What a lost instance is made from again while a moved tag waits for its approval. */
export function approvedImage(
  { instances, history }: ServiceView,
  { runtime, spec, pull }: DesiredService,
  { images, rollsMovedTags }: PlanInput,
): string | undefined {
  const good = history.releases?.[0];
  if (rollsMovedTags || pull !== 'always' || instances.length > 0) return undefined;
  if (good?.imageId === undefined || good.version.spec.image !== spec.image) return undefined;
  return images.get(runtime)?.has(good.imageId) ? good.imageId : undefined;
}

/** Whether an instance of the desired revision runs another image than it shall, with that image. */
export function movedTo(
  view: ServiceView,
  instance: Located,
  desired: DesiredService,
  input: PlanInput,
): string | undefined {
  const wanted = wantedImage(view, desired, input);
  const { imageId, release, adopted } = instance;
  // What was taken over is compared in nothing but its existence, until somebody asks.
  if (adopted !== undefined && updatesOf(view, desired).answered.length === 0) return undefined;
  if (wanted === undefined || imageId === undefined || imageId === wanted) return undefined;
  // Made for it: however the runtime spells the id, it is not made again and again.
  return release === newRelease(view, desired, input) ? undefined : wanted;
}

/** What the next instance will be; without the image, or the bridge, where that is not known yet. */
export function newRelease(view: ServiceView, desired: DesiredService, input: PlanInput): string {
  if (view.past) return view.past.release;
  const imageId = imageToMake(view, desired, input);
  const { revision } = desired;
  const secretVersions = knownVersions(desired, input);
  const bridge = presentBridge(desired, input);
  return releaseOf({
    revision,
    secretVersions,
    ...(imageId !== undefined && { imageId }),
    ...(bridge !== undefined && { bridge }),
  });
}

/** Enough of an id for people; documents have all of it. */
export function shortId(id: string): string {
  return id.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');
}
