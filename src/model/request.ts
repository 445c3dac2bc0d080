/** A command that is no desired state. Durable; the planner reads it; spent when it holds. */
export type Request = {
  readonly id: string;
  readonly by: string;
  readonly atMs: number;
} & (
  | { readonly kind: 'restart'; readonly service: string }
  | { readonly kind: 'pause'; readonly service: string }
  /** Named removal: its own approval, for that name. */
  | { readonly kind: 'remove'; readonly service: string; readonly volumes: boolean }
  | { readonly kind: 'forget'; readonly service: string }
  | { readonly kind: 'update'; readonly service: string }
  /** To the bridge of this manager, where an older one stands before its program. */
  | { readonly kind: 'update-bridge'; readonly service: string }
  /** Back to a release that was good, until the document is another one than then. */
  | {
      readonly kind: 'pin';
      readonly service: string;
      readonly release: string;
      readonly desiredDigest: string;
    }
  /** `apply --allow-removals N`: lets at most N services go, for ten minutes. */
  | { readonly kind: 'allow-removals'; readonly count: number }
);
