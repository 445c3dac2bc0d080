import type { ServiceFields } from './fields.ts';
import type { Named } from './read-json-spec.ts';

/** A body as the fields of a document, or the message of a 400. */
export type RequestReading =
  | {
      readonly kind: 'valid';
      readonly named: Named;
      readonly fields: ServiceFields;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly message: string };
