import type { Readable } from 'node:stream';

/** One event of the engine. */
export interface EngineEvent {
  readonly id: string;
  readonly type: string;
  readonly action: string;
  /** Nanoseconds since 1970, as exact as a number can be. */
  readonly atNs: number;
  /** Labels of the object among them. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Labels make an event long, but not so long. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** The events of a stream, one per line; what is none is left out. Throws what the stream throws. */
export async function* readEvents(stream: Readable): AsyncGenerator<EngineEvent> {
  stream.setEncoding('utf8');
  let begun = '';
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = `${begun}${chunk}`.split('\n');
    begun = lines.pop() ?? '';
    if (begun.length > LONGEST_LINE) throw new Error('the engine answered no events');
    yield* lines.flatMap(readEvent);
  }
}

function readEvent(line: string): readonly EngineEvent[] {
  try {
    const value: unknown = JSON.parse(line);
    if (!isEvent(value)) return [];
    const { Type: type, Action: action, Actor: actor, timeNano: atNs = 0 } = value;
    return [{ id: actor.ID, type, action, atNs, attributes: actor.Attributes ?? {} }];
  } catch {
    return [];
  }
}

interface RawEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes?: Record<string, string> | null };
  readonly timeNano?: number;
}

function isEvent(value: unknown): value is RawEvent {
  if (typeof value !== 'object' || value === null || !('Actor' in value)) return false;
  const { Actor: actor } = value;
  return typeof actor === 'object' && actor !== null && 'ID' in actor && 'Type' in value;
}
