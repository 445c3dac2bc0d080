import { AppError } from '../../errors.ts';
import type { Image } from '../../model/image.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import type { Engine } from './engine.ts';
import { orAbsent } from './engine-error.ts';
import { type ImageReference, isImageId, LOCAL, readReference } from './image-reference.ts';
import { createPuller, type PullerOptions } from './puller.ts';

/** The images of one engine. */
export interface Images {
  /**
   * Sees to it that an image is in the engine's store: `missing` asks no registry for what is there,
   * `always` asks in any case, `never` in no case. Throws IMAGE_MISSING, IMAGE_UNAUTHORIZED,
   * REGISTRY_UNAVAILABLE, STORAGE_FULL, ENGINE_UNAVAILABLE, and TIMED_OUT when the signal aborts.
   */
  pull(step: Pull, signal: AbortSignal): Promise<void>;
  /** What each reference or id means in the engine's store now; one call each, no registry. */
  lookUp(references: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Image>>;
  /** The same for one that was pulled just now: what was found then, for as long as it is worth anything. */
  pulledId(reference: string, signal: AbortSignal): Promise<string | undefined>;
}

type Pull = Extract<RuntimeStep, { kind: 'pull' }>;

export function createImages(options: PullerOptions): Images {
  const { engine, clock } = options;
  const puller = createPuller(options);
  const known = new Map<string, Known>();
  const findNow = async (text: string, signal: AbortSignal): Promise<Present | undefined> => {
    const present = await find(engine, text, signal);
    known.delete(text);
    if (present !== undefined) known.set(text, { present, atMs: clock() });
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value ?? '');
    return present;
  };
  const findSoon = async (text: string, signal: AbortSignal): Promise<Present | undefined> => {
    const last = known.get(text);
    const isFresh = last !== undefined && Math.abs(clock() - last.atMs) < KNOWN_FOR_MS;
    return isFresh ? last.present : findNow(text, signal);
  };
  return {
    pulledId: async (reference, signal) => (await findSoon(reference, signal))?.image.id,
    pull: async ({ image, policy }, signal) => {
      const present = await (policy === 'always' ? findNow : findSoon)(image, signal);
      if (present !== undefined && (policy !== 'always' || !canBePulled(present.reference))) return;
      const target = present?.reference ?? readReference(image).at(-1);
      if (policy === 'never' || !canBePulled(target)) throw missing(image, policy);
      await puller.pull(target, signal);
      if ((await findNow(image, signal)) === undefined)
        throw new AppError('ENGINE_FAILED', `${target.name} was pulled, and is not in the store.`);
    },
    lookUp: async (references, signal) => {
      const found = await Promise.all(
        [...new Set(references)].map(async (text) => {
          const present = await find(engine, text, signal);
          return present === undefined ? [] : [[text, present.image] as const];
        }),
      );
      return new Map(found.flat());
    },
  };
}

/** A fleet that shares an image asks for it forty times in a moment. */
const KNOWN_FOR_MS = 1_000;
const MOST_KNOWN = 100;

interface Known {
  readonly present: Present;
  readonly atMs: number;
}

interface Present {
  /** Absent for an id. */
  readonly reference?: ImageReference;
  readonly image: Image;
}

/** The first of what a reference can mean that is in the store. */
async function find(
  engine: Engine,
  text: string,
  signal: AbortSignal,
): Promise<Present | undefined> {
  if (isImageId(text)) {
    const image = await inspect(engine, { name: text }, signal);
    return image && { image };
  }
  for (const reference of readReference(text)) {
    const image = await inspect(engine, reference, signal);
    if (image !== undefined) return { reference, image };
  }
  return undefined;
}

async function inspect(
  engine: Engine,
  named: { readonly name: string } & Partial<ImageReference>,
  signal: AbortSignal,
): Promise<Image | undefined> {
  const call = { signal, what: `look for ${named.name}`, urgency: 'look' } as const;
  const path = `/images/${named.name}/json`;
  return toImage(await orAbsent(engine.libpod(call, { method: 'GET', path })), named);
}

function toImage(
  answer: unknown,
  { registry, digest }: Partial<ImageReference>,
): Image | undefined {
  if (!isInspection(answer)) return undefined;
  const { Id, Digest, NamesHistory, Size: sizeBytes } = answer;
  // Also of an image that lost its name to the one after it: its digest is where an update comes from.
  const names = registry === undefined ? (NamesHistory ?? []) : [`${registry}/`];
  const isFromRegistry = names.some((name) => !name.startsWith(`${LOCAL}/`));
  const known = digest ?? (isFromRegistry ? Digest : undefined);
  return {
    id: `sha256:${Id}`,
    ...(known !== undefined && { digest: known }),
    ...(sizeBytes !== undefined && { sizeBytes }),
  };
}

/** As far as it is read here. */
interface Inspection {
  readonly Id: string;
  /** Under which the registry has it, also where that is a list for many machines. */
  readonly Digest: string;
  readonly Size?: number;
  /** Every name that it ever had in this store. */
  readonly NamesHistory?: readonly string[] | null;
}

function isInspection(answer: unknown): answer is Inspection {
  return typeof answer === 'object' && answer !== null && 'Id' in answer;
}

/** What has a registry; images of the engine's own machine are there or not. */
function canBePulled(reference: ImageReference | undefined): reference is ImageReference {
  return reference !== undefined && reference.registry !== LOCAL;
}

function missing(image: string, policy: Pull['policy']): AppError {
  const meanings = readReference(image);
  if (meanings.length === 0 && !isImageId(image))
    return new AppError('IMAGE_MISSING', `${image} is no reference of an image.`, {
      hint: 'write it as `registry/name:tag` or `name:tag`, in small letters',
    });
  const why = policy === 'never' ? ', and `pull: never` forbids to ask a registry' : '';
  return new AppError('IMAGE_MISSING', `${image} is not in the engine's store${why}.`, {
    hint: 'build it (the samples: `./scripts/build-images.sh`), load it (`podman load`), or correct the reference',
  });
}
