import type { SecretState } from '../../ports.ts';

/** A value, or why there is none; the cause names where it was looked for and never a value. */
export type SecretLookup =
  | { readonly kind: 'known'; readonly value: string }
  | Exclude<SecretState, { readonly kind: 'known' }>;

/** A reference as it is written, and the key it means at its provider. */
interface SecretName {
  readonly reference: string;
  readonly key: string;
}

/** Gives the value of one reference its version. Equal values of two references differ. */
export type VersionOf = (reference: string, value: string) => string;

/** One place where secret values lie. Nothing here throws: what goes wrong is a cause. */
export interface SecretProvider {
  /** The version, cached where something cheaper than the value tells that it is the same. */
  version(name: SecretName, versionOf: VersionOf): Promise<SecretState>;
  value(key: string): Promise<SecretLookup>;
}
