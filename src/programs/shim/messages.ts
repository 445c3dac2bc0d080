/** What the manager tells its shim, over the pipe whose end also means "end everything". */
export type ShimOrder =
  | {
      readonly kind: 'run';
      readonly command: readonly string[];
      /** The whole environment of the program; nothing is inherited. */
      readonly environment: Readonly<Record<string, string>>;
      readonly directory: string;
      /** The program ends what it has started by itself: nobody else is told to end while it does. */
      readonly endsItsOwn: boolean;
    }
  | { readonly kind: 'end'; readonly graceMs: number };

/** What a shim tells: `exited` comes last, when nothing of the program is left. */
export type ShimReport =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null };
