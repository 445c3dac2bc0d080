import { setImmediate as turn } from 'node:timers/promises';
import type { EventQuery } from '../control.ts';
import { AppError } from '../errors.ts';
import { type CloudEvent, toCloudEvent } from '../model/event.ts';
import { type EventPosition, parseEventPosition } from '../model/event-position.ts';
import type { StoredEvent } from '../ports.ts';
import type { Announcements } from './announce.ts';
import { createBell } from './bell.ts';

/** Read so many at a time; a slow reader holds no more than this in memory. */
const PAGE = 200;

/**
 * The stored events that a query asks for, then, when it follows, each new one as it is written. Between what was
 * read and what is kept there may be some that are not: then one `events.trimmed` stands in their place.
 */
export async function* readEvents(
  { store, onCommit }: Announcements,
  query: EventQuery,
  signal: AbortSignal,
): AsyncIterable<CloudEvent> {
  const position = toPosition(query);
  const wanted = toFilter(position, query);
  let after = startOf(position, query, store);
  // Who begins with whatever is kept misses nothing.
  let hasRead = position?.kind === 'after';
  const written = createBell();
  onCommit(written.ring, signal);
  while (!signal.aborted) {
    const page: readonly StoredEvent[] = store.events(after, PAGE);
    const [first] = page;
    if (hasRead && first && first.number > after + 1) yield toTrimmed(after, first, store);
    hasRead ||= page.length > 0;
    for (const { number, event } of page) {
      after = number;
      if (wanted(event)) yield event;
    }
    if (page.length > 0) {
      // A long read of what nobody asked for holds nobody else up.
      await turn();
      continue;
    }
    if (!query.follow) return;
    await written.wait(signal);
  }
}

/** The number after which to read: a given event's, 0 for a time, the newest without either. */
function startOf(
  position: EventPosition | undefined,
  { follow }: EventQuery,
  store: Announcements['store'],
): number {
  if (position === undefined) return follow ? store.lastNumber() : 0;
  if (position.kind === 'from') return 0;
  // Another producer's numbers say nothing here: its reader starts over and misses nothing.
  return position.producer === store.producer ? position.number : 0;
}

/** Under the id of the last one that went, so that who reads on after it is not told again. */
function toTrimmed(
  after: number,
  { number, event: { source, time } }: StoredEvent,
  { producer }: Announcements['store'],
): CloudEvent {
  const data = {
    first: after + 1,
    last: number - 1,
    message: `${number - 1 - after} events are no longer kept`,
  };
  return toCloudEvent(
    { type: 'events.trimmed', timeMs: Date.parse(time), data },
    { producer, number: number - 1, sequence: 0, source },
  );
}

function toPosition({ since }: EventQuery): EventPosition | undefined {
  if (since === undefined) return undefined;
  const position = parseEventPosition(since);
  if (position) return position;
  throw new AppError('REFUSED', `${since} is neither an event id nor a time`, {
    hint: 'give an id such as the `id` of an event, or a time such as 2026-01-31T12:00:00Z',
  });
}

function toFilter(
  position: EventPosition | undefined,
  { service, types }: EventQuery,
): (event: CloudEvent) => boolean {
  const fromMs = position?.kind === 'from' ? position.atMs : -Infinity;
  return ({ time, subject, type }) =>
    Date.parse(time) >= fromMs &&
    (service === undefined || subject === service) &&
    (types === undefined || types.some((wanted) => isOfType(type, wanted)));
}

/** `drift` is `drift.detected` and `drift.healed`. */
function isOfType(type: string, wanted: string): boolean {
  const own = type.slice(TYPE_PREFIX.length);
  const asked = wanted.startsWith(TYPE_PREFIX) ? wanted.slice(TYPE_PREFIX.length) : wanted;
  return own === asked || own.startsWith(`${asked}.`);
}

const TYPE_PREFIX = 'io.mcpmanager.';
