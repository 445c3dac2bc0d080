import type { LogLine } from '../../ports.ts';
import type { LogFrame } from './log-frames.ts';

/** A longer line is cut: somebody prints one endless line. */
const LONGEST_LINE_BYTES = 8 * 1024;
const LF = 0x0a;

/** Puts lines together from their pieces; remembers at most the beginning of one line per stream. */
export interface LineJoiner {
  /** The line that this piece ends, if it ends one. */
  add(frame: LogFrame): LogLine | undefined;
  /** What was begun and not ended. */
  rest(): readonly LogLine[];
}

export function createLineJoiner(): LineJoiner {
  const begun = new Map<LogLine['stream'], LogFrame>();
  return {
    add: (frame) => {
      const joined = join(begun.get(frame.stream), frame);
      if (frame.text.at(-1) === LF) {
        begun.delete(frame.stream);
        return toLine(joined);
      }
      begun.set(frame.stream, joined);
      return undefined;
    },
    rest: () => {
      const lines = [...begun.values()].map(toLine);
      begun.clear();
      return lines;
    },
  };
}

/** A line counts from its end: so it comes in the order in which lines end. */
function join(before: LogFrame | undefined, frame: LogFrame): LogFrame {
  if (before === undefined) return frame;
  if (before.text.length >= LONGEST_LINE_BYTES) return { ...frame, text: before.text };
  return { ...frame, text: Buffer.concat([before.text, frame.text]) };
}

function toLine({ stream, atMs, text }: LogFrame): LogLine {
  const line = text.toString('utf8', 0, LONGEST_LINE_BYTES).replace(/\r?\n$/, '');
  return { stream, atMs, text: line };
}
