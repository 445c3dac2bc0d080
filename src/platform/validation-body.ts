import type { FieldsReading } from './fields.ts';
import { formatTime } from './time-texts.ts';

/** `ValidationResponse` of wire.md §1.3. */
export interface ValidationBody {
  readonly valid: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly image_exists: boolean;
  readonly can_pull: boolean;
  readonly estimated_size: string;
  readonly timestamp: string;
}

/** What was found of the image, where one is named. */
export interface ImageFacts {
  readonly image: string;
  /** On this machine. */
  readonly exists: boolean;
  readonly canPull: boolean;
  readonly sizeBytes?: number;
}

/** How many services there are, and how many there may be. */
export interface Count {
  readonly running: number;
  readonly most: number;
}

export interface Validation {
  readonly reading: FieldsReading;
  readonly image?: ImageFacts;
  readonly count?: Count;
  readonly nowMs: number;
}

/** The verdict on a json_spec, in the words of wire.md §5.3. */
export function toValidation({ reading, image, count, nowMs }: Validation): ValidationBody {
  const errors = [
    ...(reading.kind === 'invalid' ? reading.errors : []),
    ...(image && !image.exists && !image.canPull ? [imageMissing(image.image)] : []),
    ...(count && count.running >= count.most ? [limitReached(count)] : []),
  ];
  const warnings = [
    ...(image && !image.exists && image.canPull ? [imageWillBePulled(image.image)] : []),
    ...(count && count.running === count.most - 1 ? [closeToLimit(count)] : []),
    ...reading.warnings,
  ];
  return {
    valid: errors.length === 0,
    errors,
    warnings,
    image_exists: image?.exists ?? false,
    can_pull: image?.canPull ?? false,
    estimated_size: image?.sizeBytes === undefined ? '' : `${image.sizeBytes} bytes`,
    timestamp: formatTime(nowMs),
  };
}

/** The text of a failure before anything was made, for core's error event. */
export function validationFailed(errors: readonly string[]): string {
  return `Validation failed: [${errors.join(' ')}]`;
}

function imageMissing(image: string): string {
  return `Image ${image} does not exist locally and cannot be pulled`;
}

function imageWillBePulled(image: string): string {
  return `Image ${image} will be pulled during container creation`;
}

function limitReached({ running, most }: Count): string {
  return `Container limit reached: ${running}/${most}`;
}

function closeToLimit({ running, most }: Count): string {
  return `Close to container limit: ${running}/${most}`;
}
