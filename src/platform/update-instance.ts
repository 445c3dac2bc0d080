import type { ServiceFields } from './fields.ts';
import { readLimits } from './limits.ts';
import { findPortMistake, toRequestFields } from './request-fields.ts';
import { readShape, type RequestShape } from './request-shape.ts';

export const UPDATE_INSTANCE: RequestShape = {
  name: '',
  shapes: {
    image: 'string',
    port: 'int',
    command: 'strings',
    environment: 'map',
    resources: 'object',
  },
};

/** What `PUT /instances/{id}` changes, or the message of a 400. */
export type UpdateReading =
  | {
      readonly kind: 'valid';
      readonly fields: ServiceFields;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly message: string };

/** `PUT /instances/{id}`: what is left out, empty or 0 stays as it is (wire.md §1.3). Never throws. */
export function readUpdateInstance(sent: unknown): UpdateReading {
  const read = readShape(sent, UPDATE_INSTANCE);
  if ('message' in read) return { kind: 'invalid', message: read.message };
  const message = findPortMistake(read.body);
  if (message !== undefined) return { kind: 'invalid', message };
  const limits = readLimits(read.body);
  const { warnings } = limits;
  return { kind: 'valid', fields: toRequestFields(read.body, limits.fields), warnings };
}
