/** The store is memory: it is bounded, and empty again after a restart. */
const MOST_TEXTS = 1_000;
const LONGEST_TEXT = 64 * 1024;
const LONGEST_KEY = 256;

export interface Texts {
  /** Stores a text, under its key or the next free one, and answers the key. Throws RangeError. */
  readonly store: (text: string, key?: string) => string;
  readonly get: (key: string) => string | undefined;
  /** Keys in the order in which they were first stored. */
  readonly keys: () => readonly string[];
}

export function createTexts(): Texts {
  const texts = new Map<string, string>();
  let next = 1;

  const nextKey = (): string => {
    while (texts.has(`text-${next}`)) next++;
    return `text-${next}`;
  };

  return {
    store(text, key = nextKey()) {
      if (text.length > LONGEST_TEXT) throw new RangeError(`text is longer than ${LONGEST_TEXT}`);
      if (key.length > LONGEST_KEY) throw new RangeError(`key is longer than ${LONGEST_KEY}`);
      if (!texts.has(key) && texts.size >= MOST_TEXTS) throw new RangeError('the store is full');
      texts.set(key, text);
      return key;
    },
    get: (key) => texts.get(key),
    keys: () => [...texts.keys()],
  };
}
