/** A release of a service as it is remembered. */
export interface ReleaseReport {
  readonly release: string;
  readonly revision?: string;
  readonly image?: string;
  readonly imageId?: string;
  /** When it was found good, or given up, last. Wall-clock milliseconds. */
  readonly atMs: number;
  readonly standing: 'running' | 'good' | 'given up';
  /** Why it was given up. */
  readonly cause?: string;
}
