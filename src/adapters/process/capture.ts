import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock, LogLine } from '../../ports.ts';
import { createLineCutter } from './lines.ts';
import type { LogFile } from './log-file.ts';
import type { Output } from './output.ts';

/** A program that prints more is slowed by its full pipe: a flood must not take the manager's time. */
const MOST_CHARACTERS_PER_SECOND = 2 * 1024 * 1024;

export interface CaptureTarget {
  readonly instance: string;
  readonly output: Output;
  readonly file: LogFile;
  readonly clock: Clock;
  /** What is kept of a line: without secret values. */
  readonly mask: (text: string) => string;
  /** Called when lines could not be written to the file; they are in memory all the same. */
  readonly onFileError: (error: unknown) => void;
}

/** Takes one output stream of a program line by line until it ends. Never rejects. */
export async function capture(
  source: Readable,
  stream: LogLine['stream'],
  { instance, output, file, clock, mask, onFileError }: CaptureTarget,
): Promise<void> {
  const cutter = createLineCutter();
  const keep = async (texts: readonly string[]): Promise<void> => {
    const lines = texts.map((text) => ({ atMs: clock(), stream, text: mask(text) }));
    for (const line of lines) output.add(line);
    if (lines.length > 0) await file.append(instance, lines).catch(onFileError);
  };
  try {
    source.setEncoding('utf8');
    for await (const chunk of source as AsyncIterable<string>) {
      await keep(cutter.cut(chunk));
      await pause((chunk.length / MOST_CHARACTERS_PER_SECOND) * 1_000);
    }
  } catch (error) {
    onFileError(error);
  }
  await keep(cutter.rest());
}
