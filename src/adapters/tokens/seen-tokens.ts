/** More tokens than are in use at a time; 100 bytes each. */
const MOST_SEEN = 1_000;

export interface SeenToken {
  /** Hash of the token. */
  readonly key: string;
  readonly isRight: boolean;
  /** Of the file against which it was compared. */
  readonly edition: number;
}

export interface SeenTokens {
  /** Whether it was right; undefined when it was not compared with this edition of the file. */
  find(key: string, edition: number): boolean | undefined;
  note(token: SeenToken): void;
}

/** Spares the work of comparing again. Wrong ones, however many, push out no right ones. */
export function createSeenTokens(): SeenTokens {
  const right = new Map<string, number>();
  const wrong = new Map<string, number>();
  return {
    find(key, edition) {
      if (right.get(key) === edition) return true;
      return wrong.get(key) === edition ? false : undefined;
    },
    note({ key, isRight, edition }) {
      const seen = isRight ? right : wrong;
      seen.delete(key);
      seen.set(key, edition);
      const [oldest] = seen.keys();
      if (seen.size > MOST_SEEN && oldest !== undefined) seen.delete(oldest);
    },
  };
}
