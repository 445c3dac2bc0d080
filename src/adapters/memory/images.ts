import { AppError } from '../../errors.ts';
import type { Image } from '../../model/image.ts';
import type { RuntimeStep } from '../../model/plan.ts';

/** A registry whose tags can move, and the store of one runtime beside it. */
export interface MemoryImages {
  readonly registry: Map<string, Image>;
  /** The registry has whatever it is asked for. */
  readonly hasAll: boolean;
  /** By reference, as pulled last. */
  readonly tags: Map<string, Image>;
  /** By id: also what no reference means any more. */
  readonly stored: Map<string, Image>;
}

export function createImages(hasAll: boolean): MemoryImages {
  return { hasAll, registry: new Map(), tags: new Map(), stored: new Map() };
}

/** For a test: what happens to tags outside of the manager. */
export function createTags({ registry, tags, stored }: MemoryImages) {
  return {
    /** What a tag of the registry means from now on; undefined: it is gone from there. */
    publish: (reference: string, image: Image | undefined) => {
      if (image) registry.set(reference, image);
      else registry.delete(reference);
    },
    /** Somebody else pulls, tags or loads an image; undefined: the reference is untagged. */
    tag: (reference: string, image: Image | undefined) => {
      if (image) stored.set(image.id, image);
      if (image) tags.set(reference, image);
      else tags.delete(reference);
    },
  };
}

/** The rules of the port: `missing` asks nobody for what is there, `never` asks nobody at all. */
export function pull(
  { registry, hasAll, tags, stored }: MemoryImages,
  { image, policy }: Extract<RuntimeStep, { kind: 'pull' }>,
): void {
  if (policy !== 'always' && tags.has(image)) return;
  if (policy === 'never') throw missing(image, 'The store has no image');
  const found = registry.get(image) ?? (hasAll ? { id: `sha256:${image}` } : undefined);
  if (found === undefined) throw missing(image, 'The registry has no image');
  tags.set(image, found);
  stored.set(found.id, found);
}

/** What each reference or id means in the store now. */
export function lookUp(
  { tags, stored }: MemoryImages,
  references: readonly string[],
): ReadonlyMap<string, Image> {
  return new Map(
    references.flatMap((reference) => {
      const image = tags.get(reference) ?? stored.get(reference);
      return image === undefined ? [] : [[reference, image] as const];
    }),
  );
}

/** The image that an instance is made from. Throws PROGRAM_FAILED where it is not in the store. */
export function imageFor(
  images: MemoryImages,
  { imageId, service }: Extract<RuntimeStep, { kind: 'create' }>,
): Image | undefined {
  const reference = imageId ?? service.spec.image;
  if (reference === undefined) return undefined;
  const image = lookUp(images, [reference]).get(reference);
  if (image === undefined)
    throw new AppError('PROGRAM_FAILED', `The image ${reference} is not in the store.`);
  return image;
}

function missing(image: string, message: string): AppError {
  return new AppError('IMAGE_MISSING', `${message} ${image}.`);
}
