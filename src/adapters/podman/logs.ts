import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import { looksSecret } from '../../model/looks-secret.ts';
import { createMask, maskValues } from '../../model/mask.ts';
import type { LogLine, LogRequest } from '../../ports.ts';
import { inspectContainer, type Inspection, readEnvironment } from './inspection.ts';
import { isOurs, readLabels } from './labels.ts';
import { createLogReader, type LogReader, type LogSource } from './log-reader.ts';
import type { Scene } from './scene.ts';

export interface LogScene extends Scene {
  /** Whether a document adopts the container of this id: it has no labels of ours. */
  readonly isAdopted: (id: string) => boolean;
}

/**
 * The output of one container of ours, without the secrets that it prints. Following goes on over its
 * restarts and those of the engine, until it is removed.
 */
export async function* readLogs(
  scene: LogScene,
  instance: string,
  request: LogRequest,
): AsyncGenerator<LogLine> {
  const { engine, managerId, signal } = scene;
  const askedMs = Date.now();
  const found = await inspectContainer(scene, instance);
  if (found === undefined) return;
  if (!isOurs(managerId, found.name, found.labels) && !scene.isAdopted(found.id)) return;
  const mask = await createSecretMask(scene, found);
  const source = { engine, id: found.id, signal };
  try {
    // What is printed from now on needs nothing of what was.
    const sinceMs = request.follow && request.tail === 0 ? askedMs : request.sinceMs;
    const asked = { ...request, ...(sinceMs !== undefined && { sinceMs }) };
    for await (const line of readLines(source, found, asked))
      yield { ...line, text: mask(line.text) };
  } catch (error) {
    if (!signal.aborted) throw toOutage(error, instance);
  }
}

async function createSecretMask(scene: Scene, { id, labels }: Inspection) {
  const spec = readLabels(labels)?.spec;
  if (spec === undefined) return maskLikely(await readEnvironment(scene, id));
  const hasReferences = Object.values(spec.env).some((value) => typeof value !== 'string');
  return createMask(spec, hasReferences ? await readEnvironment(scene, id) : {});
}

/** Nobody said what is secret of a container that was taken over. */
function maskLikely(environment: Readonly<Record<string, string>>): (text: string) => string {
  const secret = Object.entries(environment).filter(([name, value]) => looksSecret(name, value));
  return maskValues(secret.map(([, value]) => value));
}

async function* readLines(
  source: LogSource,
  found: Inspection,
  { follow, tail, sinceMs }: LogRequest,
): AsyncGenerator<LogLine> {
  let reader = createLogReader(source, sinceMs);
  if (tail === undefined) yield* reader.read({ follow: false });
  else if (tail > 0) {
    const last = await readTail(source, tail, { follow, fromMs: sinceMs });
    yield* last.lines;
    reader = last.reader;
  }
  if (follow) yield* followOn(source, reader, found);
  else yield* tail === undefined ? reader.rest() : [];
}

interface Tail {
  readonly lines: readonly LogLine[];
  readonly reader: LogReader;
}

/**
 * The last lines. The engine's own tail puts pieces of lines together in a wrong order and counts
 * them as lines: it only tells how far back to read, and when that was not enough all is read.
 */
async function readTail(
  source: LogSource,
  count: number,
  { follow, fromMs }: { readonly follow: boolean; readonly fromMs: number | undefined },
): Promise<Tail> {
  const startMs = await createLogReader(source, undefined).startOfTail(count);
  const short = await readLast(source, count, { follow, fromMs: latest(fromMs, startMs) });
  if (startMs === undefined || short.lines.length === count) return short;
  return readLast(source, count, { follow, fromMs });
}

async function readLast(
  source: LogSource,
  count: number,
  { follow, fromMs }: { readonly follow: boolean; readonly fromMs: number | undefined },
): Promise<Tail> {
  const reader = createLogReader(source, fromMs);
  const lines: LogLine[] = [];
  for await (const line of reader.read({ follow: false })) {
    lines.push(line);
    if (lines.length > 2 * count) lines.splice(0, lines.length - count);
  }
  // A line that is still being printed belongs to those that are followed.
  if (!follow) lines.push(...reader.rest());
  return { lines: lines.slice(-count), reader };
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

/** How soon a container whose output ended is looked at again; growing, at most the second. */
const FIRST_LOOK_MS = 200;
const LAST_LOOK_MS = 2_000;

async function* followOn(
  source: LogSource,
  reader: LogReader,
  found: Inspection,
): AsyncGenerator<LogLine> {
  let run: Inspection | undefined = found;
  while (run !== undefined) {
    try {
      yield* reader.read({ follow: true });
    } catch {
      // The engine went away. The next look tells, and what was missed is read then.
    }
    run = await untilRunning(source, run);
  }
}

/** The container once it runs, or ran meanwhile; undefined when it is gone or nobody reads any more. */
async function untilRunning(
  source: LogSource,
  before: Inspection,
): Promise<Inspection | undefined> {
  const { signal } = source;
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(waitMs * 2, LAST_LOOK_MS)) {
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return undefined;
    try {
      const now = await inspectContainer(source, source.id);
      if (now?.status === 'running' || now?.startedAtMs !== before.startedAtMs) return now;
    } catch {
      // Asked again.
    }
  }
}

function toOutage(error: unknown, instance: string): unknown {
  if (error instanceof AppError) return error;
  return new AppError('ENGINE_UNAVAILABLE', `The output of ${instance} was cut off.`, {
    hint: 'ask for it again',
  });
}
