export interface LogRequest {
  readonly follow: boolean;
  /** The last so many lines first; all that is kept when absent. */
  readonly tail?: number;
  readonly sinceMs?: number;
}

export interface LogLine {
  readonly atMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}
