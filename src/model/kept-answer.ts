/** How long an answer is kept for who asks again under the same key. */
export const ANSWERS_KEPT_MS = 24 * 60 * 60 * 1000;

/** What a write over the API was answered. Holds no key and nothing of what was sent. */
export interface KeptAnswer {
  /** Digest of who asked and of the key. */
  readonly id: string;
  /** Digest of who asked. */
  readonly owner: string;
  /** Keyed digest of what was asked; the key to it is kept by nobody but who asked. */
  readonly asked: string;
  readonly atMs: number;
  /** Of HTTP. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
