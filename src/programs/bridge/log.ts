export interface Log {
  say(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The same, but at most `MOST_PER_SECOND` of a kind: for what a child can cause at will. */
  sometimes(kind: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

const MOST_PER_SECOND = 100;
const WINDOW_MS = 1_000;
/** Longer than any line that a person reads. */
const LONGEST_TEXT = 2_000;

/** One JSON object a line; what was held back is counted in the next line of its kind. */
export function createLog(write: (line: string) => void, now: () => number): Log {
  const windows = new Map<string, { fromMs: number; said: number; held: number }>();

  function say(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const line = { time: new Date(now()).toISOString(), message, ...cut(fields) };
    write(`${JSON.stringify(line)}\n`);
  }

  return {
    say,
    sometimes(kind, message, fields = {}) {
      const nowMs = now();
      const window = windows.get(kind) ?? { fromMs: nowMs, said: 0, held: 0 };
      windows.set(kind, window);
      if (nowMs - window.fromMs >= WINDOW_MS) {
        window.fromMs = nowMs;
        window.said = 0;
      }
      if (window.said >= MOST_PER_SECOND) {
        window.held += 1;
        return;
      }
      window.said += 1;
      say(message, window.held === 0 ? fields : { ...fields, heldBack: window.held });
      window.held = 0;
    },
  };
}

function cut(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' && value.length > LONGEST_TEXT
        ? `${value.slice(0, LONGEST_TEXT)}…`
        : value,
    ]),
  );
}
