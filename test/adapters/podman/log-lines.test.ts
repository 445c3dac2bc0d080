import { expect, test } from 'vitest';
import { readFrames } from '../../../src/adapters/podman/log-frames.ts';
import { createLineJoiner } from '../../../src/adapters/podman/log-lines.ts';

const AT = '2026-01-01T00:00:00Z';

test('frames are found however the stream is cut, with their time and their stream', async () => {
  const bytes = Buffer.concat([frame('one\n'), frame('zwei ü ✓\n', 2), frame('')]);
  for (const size of [1, 3, 7, bytes.length]) {
    const frames = await collect(readFrames(cut(bytes, size)));
    expect(frames.map(({ stream, text }) => [stream, String(text)])).toEqual([
      ['stdout', 'one\n'],
      ['stderr', 'zwei ü ✓\n'],
      ['stdout', ''],
    ]);
    expect(frames[0]?.atMs).toBe(Date.parse(AT));
  }
});

test('what is no stream of frames is told, not kept in memory', async () => {
  const html = cut(Buffer.from('<html>It works!</html>'.repeat(10)), 16);
  await expect(collect(readFrames(html))).rejects.toThrow('no log stream');
});

test('a line that was printed in pieces is one line, also with the other stream between', async () => {
  const joined = await lines([
    frame('a'.repeat(10)),
    frame('error\n', 2),
    frame('b\n'),
    frame('half'),
  ]);
  expect(joined.lines).toEqual(['stderr error', `stdout ${'a'.repeat(10)}b`]);
  expect(joined.rest).toEqual(['stdout half']);
});

test('a letter that was cut between two pieces is whole again, and a CRLF is no part of the line', async () => {
  const letter = Buffer.from('ü\r\n');
  const { lines: joined } = await lines([frame(letter.subarray(0, 1)), frame(letter.subarray(1))]);
  expect(joined).toEqual(['stdout ü']);
});

test('an endless line is cut, and what comes after it is a line again', async () => {
  const { lines: joined } = await lines([
    ...Array.from({ length: 5 }, () => frame('x'.repeat(8_000))),
    frame('end\n'),
    frame('next\n'),
  ]);
  expect(joined.map(({ length }) => length)).toEqual([
    'stdout '.length + 8_192,
    'stdout next'.length,
  ]);
});

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

async function lines(frames: readonly Buffer[]) {
  const joiner = createLineJoiner();
  const joined: string[] = [];
  for await (const one of readFrames(cut(Buffer.concat(frames), 1_000))) {
    const line = joiner.add(one);
    if (line !== undefined) joined.push(`${line.stream} ${line.text}`);
  }
  return { lines: joined, rest: joiner.rest().map(({ stream, text }) => `${stream} ${text}`) };
}

function frame(text: string | Buffer, type = 1): Buffer {
  const payload = Buffer.concat([Buffer.from(`${AT} `), Buffer.from(text)]);
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
