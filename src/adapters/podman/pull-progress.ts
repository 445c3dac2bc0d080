import type { Readable } from 'node:stream';

export interface PullProgress {
  readonly loadedBytes: number;
  /** Of the layers that are known so far. */
  readonly totalBytes: number;
}

/**
 * Reads to its end what an engine tells of a pull, and calls `onProgress` at each line. Answers the error
 * that stands in it, if any: the status of the answer says nothing of it. Rejects when it is cut off.
 */
export async function readProgress(
  answer: Readable,
  onProgress: (progress: PullProgress) => void,
): Promise<string | undefined> {
  const layers = new Map<string, PullProgress>();
  let error: string | undefined;
  for await (const line of readLines(answer)) {
    const told = parseLine(line);
    error ??= told.error;
    const { id, progressDetail: { current, total } = {} } = told;
    if (id !== undefined && current !== undefined && total !== undefined)
      layers.set(id, { loadedBytes: current, totalBytes: total });
    onProgress(sum([...layers.values()]));
  }
  return error;
}

/** One line: `{status, id, progressDetail}` or `{error}`. */
interface Told {
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

/** What is no such line, as of something between, tells nothing. */
function parseLine(line: string): Told {
  try {
    const told: unknown = JSON.parse(line);
    return typeof told === 'object' && told !== null ? told : {};
  } catch {
    return {};
  }
}

async function* readLines(answer: Readable): AsyncGenerator<string> {
  let begun = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    const lines = `${begun}${chunk}`.split('\n');
    begun = lines.pop()?.slice(0, LONGEST_LINE) ?? '';
    yield* lines;
  }
  if (begun !== '') yield begun;
}

/** Far beyond what an engine tells in one. */
const LONGEST_LINE = 64 * 1024;

function sum(layers: readonly PullProgress[]): PullProgress {
  const add = (key: keyof PullProgress) => layers.reduce((total, layer) => total + layer[key], 0);
  return { loadedBytes: add('loadedBytes'), totalBytes: add('totalBytes') };
}
