import type { LogLine, LogRequest } from '../../ports.ts';

/** What one instance printed last, in memory. */
export interface Output {
  add(line: LogLine): void;
  /** Oldest first. A reader that is slower than the program misses lines, and costs no memory. */
  read(request: LogRequest, signal: AbortSignal): AsyncGenerator<LogLine>;
  /** Ends every reader that follows. */
  close(): void;
}

/** A screenful many times over; the file keeps more. */
const MOST_LINES = 1_000;
/** A thousand services that flood take half a gigabyte, not eight. */
const MOST_CHARACTERS = 512 * 1024;

/** Keeps the last lines, bounded in number and in size. */
export function createOutput(earlier: readonly LogLine[] = []): Output {
  const lines: LogLine[] = [];
  const closing = new AbortController();
  const readers = new Set<() => void>();
  let dropped = 0;
  let characters = 0;
  const add = (line: LogLine): void => {
    lines.push(line);
    characters += line.text.length;
    while (lines.length > MOST_LINES || characters > MOST_CHARACTERS) {
      characters -= lines.shift()?.text.length ?? 0;
      dropped++;
    }
    for (const tell of readers) tell();
  };
  async function* read(request: LogRequest, signal: AbortSignal): AsyncGenerator<LogLine> {
    const { follow, tail = lines.length, sinceMs = 0 } = request;
    const ended = AbortSignal.any([signal, closing.signal]);
    let next = dropped + Math.max(0, lines.length - tail);
    for (;;) {
      for (; next < dropped + lines.length; next++) {
        next = Math.max(next, dropped);
        const line = lines[next - dropped];
        if (line !== undefined && line.atMs >= sinceMs) yield line;
        if (signal.aborted) return;
      }
      if (!follow || ended.aborted) return;
      await untilTold(readers, ended);
    }
  }
  for (const line of earlier) add(line);
  return { add, read, close: () => closing.abort() };
}

async function untilTold(readers: Set<() => void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const tell = (): void => resolve();
  readers.add(tell);
  signal.addEventListener('abort', tell, { once: true });
  await promise;
  signal.removeEventListener('abort', tell);
  readers.delete(tell);
}
