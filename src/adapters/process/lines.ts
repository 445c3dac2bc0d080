/** A longer line is cut: somebody prints one endless line. */
export const LONGEST_LINE = 8 * 1024;

/** Cuts a stream of text into lines; remembers at most one line's beginning. */
export interface LineCutter {
  cut(chunk: string): string[];
  /** The last line, when it did not end. */
  rest(): string[];
}

/** Lines end with LF or CRLF; what goes beyond the longest line is dropped up to its end. */
export function createLineCutter(): LineCutter {
  let begun = '';
  return {
    cut: (chunk) => {
      const parts = chunk.split('\n');
      const last = parts.pop() ?? '';
      const lines = parts.map((part, position) => (position === 0 ? begun + part : part));
      begun = (lines.length === 0 ? begun + last : last).slice(0, LONGEST_LINE);
      return lines.map(shorten);
    },
    rest: () => (begun === '' ? [] : [shorten(begun)]),
  };
}

function shorten(line: string): string {
  return line.slice(0, LONGEST_LINE).replace(/\r$/, '');
}
