import type { LogLine } from '../../ports.ts';
import type { Engine } from './engine.ts';
import { type LogFrame, readFrames } from './log-frames.ts';
import { createLineJoiner } from './log-lines.ts';

export interface LogSource {
  readonly engine: Engine;
  readonly id: string;
  readonly signal: AbortSignal;
}

/** Reads the output of one container in several goes, each from where the last one ended. */
export interface LogReader {
  /** With `follow` until the container ends or the engine goes away. */
  read(how: { readonly follow: boolean }): AsyncGenerator<LogLine>;
  /** Lines that were begun and not ended. */
  rest(): readonly LogLine[];
  /** Roughly when the last `count` lines began, wall-clock milliseconds; undefined: there are no more. */
  startOfTail(count: number): Promise<number | undefined>;
}

/** From the beginning, or from `fromMs` on. */
export function createLogReader(source: LogSource, fromMs: number | undefined): LogReader {
  const joiner = createLineJoiner();
  // Podman tells only the second of a frame: so many of that second were read.
  let secondMs: number | undefined;
  let read = 0;

  async function* readOn(follow: boolean): AsyncGenerator<LogFrame> {
    const sinceMs = Math.max(secondMs ?? 0, fromMs ?? 0);
    let known = read;
    for await (const frame of open(source, { follow, since: sinceMs / 1_000 })) {
      if (frame.atMs === secondMs && known > 0) {
        known -= 1;
        continue;
      }
      read = frame.atMs === secondMs ? read + 1 : 1;
      secondMs = frame.atMs;
      known = 0;
      yield frame;
    }
  }

  return {
    read: async function* ({ follow }) {
      for await (const frame of readOn(follow)) {
        const line = joiner.add(frame);
        if (line !== undefined) yield line;
      }
    },
    rest: joiner.rest,
    startOfTail: async (count) => {
      const pieces = 2 * count + MARGIN;
      let frames = 0;
      let firstMs: number | undefined;
      for await (const { atMs } of open(source, { follow: false, tail: pieces })) {
        firstMs ??= atMs;
        frames += 1;
      }
      return frames < pieces ? undefined : firstMs;
    },
  };
}

/** Lines that were printed in pieces count more than once. */
const MARGIN = 50;

async function* open(
  { engine, id, signal }: LogSource,
  query: { readonly follow: boolean; readonly since?: number; readonly tail?: number },
): AsyncGenerator<LogFrame> {
  const stream = await engine.stream(
    // A silent program is no engine that hangs: the answer begins with the first line.
    {
      signal,
      what: `read the output of ${id.slice(0, 12)}`,
      deadlineMs: query.follow ? Infinity : READ_MS,
    },
    {
      method: 'GET',
      path: `/containers/${id}/logs`,
      query: { ...query, stdout: true, stderr: true, timestamps: true },
    },
  );
  yield* readFrames(stream);
}

const READ_MS = 30_000;
