import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type PullProgress, readProgress } from '../../../src/adapters/podman/pull-progress.ts';

test('what is loaded of all layers is added up, however the answer is cut', async () => {
  const lines = [
    { status: 'Pulling fs layer', progressDetail: {}, id: 'a' },
    { status: 'Downloading', progressDetail: { current: 10, total: 100 }, id: 'a' },
    { status: 'Downloading', progressDetail: { current: 5, total: 50 }, id: 'b' },
    { status: 'Downloading', progressDetail: { current: 60, total: 100 }, id: 'a' },
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const told: PullProgress[] = [];
  const pieces = text.match(/[^]{1,7}/g) ?? [];
  expect(await readProgress(Readable.from(pieces), (progress) => told.push(progress))).toBe(
    undefined,
  );
  expect(told.at(-1)).toEqual({ loadedBytes: 65, totalBytes: 150 });
  expect(told).toHaveLength(4);
});

test('the first error is the answer, and what is no line of progress is passed over', async () => {
  const text = '<html>\n3\n{"error":"first"}\n{"error":"second"}';
  expect(await readProgress(Readable.from([text]), () => {})).toBe('first');
});
