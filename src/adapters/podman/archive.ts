import { Readable } from 'node:stream';

/** One file of an archive. */
export interface ArchiveFile {
  /** Relative, at most 100 bytes. */
  readonly path: string;
  readonly bytes: number;
  read(): AsyncIterable<Buffer> | Iterable<Buffer>;
}

const BLOCK_BYTES = 512;
const END = Buffer.alloc(2 * BLOCK_BYTES);

/**
 * A tar archive as a stream: everything in it belongs to root, is readable and executable by all and
 * writable by root alone. The stream fails when a file is not as long as was said.
 */
export function toArchive(folders: readonly string[], files: readonly ArchiveFile[]): Readable {
  return Readable.from(blocks(folders, files), { objectMode: false });
}

async function* blocks(
  folders: readonly string[],
  files: readonly ArchiveFile[],
): AsyncGenerator<Buffer> {
  for (const folder of folders) yield toHeader(`${folder}/`, { type: '5', bytes: 0 });
  for (const { path, bytes, read } of files) {
    yield toHeader(path, { type: '0', bytes });
    let left = bytes;
    for await (const chunk of read()) {
      left -= chunk.length;
      yield chunk;
    }
    if (left !== 0) throw new Error(`${path} is not as long as it was`);
    yield Buffer.alloc((BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES);
  }
  yield END;
}

interface Header {
  /** `0`: a file, `5`: a folder. */
  readonly type: '0' | '5';
  readonly bytes: number;
}

/** As POSIX has it (`ustar`); owner, group and time stay 0. */
function toHeader(path: string, { type, bytes }: Header): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(path, 0);
  header.write('0000755\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${toOctal(bytes)}\0`, 124);
  header.write(`${toOctal(0)}\0`, 136);
  header.write(type, 156);
  header.write('ustar\u000000', 257);
  // The sum counts its own field as spaces.
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function toOctal(value: number): string {
  return value.toString(8).padStart(11, '0');
}
