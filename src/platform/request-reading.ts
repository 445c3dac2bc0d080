import type { ServiceFields, ValuePlace } from './fields.ts';
import type { Named } from './read-json-spec.ts';

/** A body as the fields of a document, or the message of a 400. */
export type RequestReading =
  | {
      readonly kind: 'valid';
      readonly named: Named;
      readonly fields: ServiceFields;
      /** Values that came in clear and look secret. */
      readonly secrets: readonly ValuePlace[];
      /** Values that shall stay as they are. */
      readonly unchanged: readonly ValuePlace[];
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly message: string };
