import type { PlatformIdentity } from '../model/service.ts';

/** Text in clear, or a reference: of a header with what stands before the value. */
export type FieldValue =
  | string
  | number
  | boolean
  | { readonly secret: string; readonly prefix?: string };

export type FieldValues = Readonly<Record<string, FieldValue>>;

export interface VolumeField {
  readonly source: string;
  readonly destination: string;
  readonly readOnly?: boolean;
}

/**
 * What the platform can say of a service, as a document spells it (schemas/desired.schema.json). Read from
 * outside, values that look secret are still in clear: they are listed beside it, and must not be written so.
 */
export interface ServiceFields {
  readonly template?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly url?: string;
  readonly headers?: FieldValues;
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: FieldValues;
  readonly port?: number;
  readonly replicas?: number;
  readonly resources?: {
    readonly memory?: string | number;
    readonly cpu?: string | number;
  };
  readonly volumes?: readonly VolumeField[];
  readonly health_check?: unknown;
  readonly timeout?: string | number;
  readonly is_public?: boolean;
  readonly tags?: readonly string[];
  readonly slug?: string;
  readonly platform?: PlatformIdentity;
}

/** What came from outside as fields of a document, or what is wrong with it in the platform's words. */
export type FieldsReading =
  | {
      readonly kind: 'valid';
      readonly fields: ServiceFields;
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'invalid';
      readonly errors: readonly string[];
      readonly warnings: readonly string[];
    };
