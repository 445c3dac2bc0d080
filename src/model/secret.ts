/** A version, or why there is none. `missing` may come; `refused` never will. */
export type SecretState =
  | { readonly kind: 'known'; readonly version: string }
  | { readonly kind: 'missing' | 'refused' | 'unavailable'; readonly cause: string };
