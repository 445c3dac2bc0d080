export interface LineHandlers {
  readonly onLine: (line: string) => void;
  /** A line longer than the bound was dropped; told once, when its end has come. */
  readonly onOversized: (bytes: number) => void;
}

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines. Holds at most `maxBytes` of an unfinished line: what is longer is
 * dropped up to its end, and counted.
 */
export function createLineReader(maxBytes: number, { onLine, onOversized }: LineHandlers) {
  let parts: Buffer[] = [];
  let bytes = 0;

  function take(part: Buffer): void {
    bytes += part.length;
    if (bytes > maxBytes) parts = [];
    else parts.push(part);
  }

  function finish(): void {
    if (bytes > maxBytes) onOversized(bytes);
    else onLine(toText(parts));
    parts = [];
    bytes = 0;
  }

  return {
    push(chunk: Buffer): void {
      let from = 0;
      for (;;) {
        const end = chunk.indexOf(NEWLINE, from);
        if (end === -1) break;
        take(chunk.subarray(from, end));
        finish();
        from = end + 1;
      }
      if (from < chunk.length) take(chunk.subarray(from));
    },
    /** The stream is over: what has no line end is a line too. */
    end(): void {
      if (bytes > 0) finish();
    },
  };
}

function toText(parts: readonly Buffer[]): string {
  const [first] = parts;
  const whole = parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
  const text = whole.toString('utf8');
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
