import type { LogLine } from '../../ports.ts';

/** One piece of output as the engine stored it: a line, or the part of a long or slow one. */
export interface LogFrame {
  readonly stream: LogLine['stream'];
  /** Whole seconds as Podman tells them, in milliseconds. */
  readonly atMs: number;
  readonly text: Buffer;
}

/** Type, three zeros, length. */
const HEADER_BYTES = 8;
const STDERR = 2;
/** The engine cuts at 8 KiB; what claims more is no frame. */
const LONGEST_FRAME = 1024 * 1024;

/** The frames of a multiplexed stream with timestamps. Throws an Error when it is none. */
export async function* readFrames(source: AsyncIterable<Buffer>): AsyncGenerator<LogFrame> {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = HEADER_BYTES;
  for await (const chunk of source) {
    chunks.push(chunk);
    size += chunk.length;
    if (size < wanted) continue;
    const { frames, rest } = cutFrames(chunks.length === 1 ? chunk : Buffer.concat(chunks));
    yield* frames;
    chunks = [rest];
    size = rest.length;
    wanted = rest.length < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + lengthOf(rest);
  }
}

function cutFrames(buffer: Buffer): { readonly frames: LogFrame[]; readonly rest: Buffer } {
  const frames: LogFrame[] = [];
  let start = 0;
  while (buffer.length - start >= HEADER_BYTES) {
    const header = buffer.subarray(start);
    const end = start + HEADER_BYTES + lengthOf(header);
    if (end > buffer.length) break;
    frames.push(toFrame(header[0] ?? 0, buffer.subarray(start + HEADER_BYTES, end)));
    start = end;
  }
  return { frames, rest: buffer.subarray(start) };
}

function lengthOf(header: Buffer): number {
  const length = header.readUInt32BE(4);
  if (length > LONGEST_FRAME) throw new Error('the engine answered no log stream');
  return length;
}

/** The payload is `<RFC 3339> <text>`; the text ends with LF unless it is the part of a line. */
function toFrame(type: number, payload: Buffer): LogFrame {
  const space = payload.indexOf(' ');
  return {
    stream: type === STDERR ? 'stderr' : 'stdout',
    atMs: Date.parse(payload.toString('latin1', 0, space)),
    text: payload.subarray(space + 1),
  };
}
