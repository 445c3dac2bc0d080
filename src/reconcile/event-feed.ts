import type { EventQuery } from '../control.ts';
import { AppError } from '../errors.ts';
import type { CloudEvent } from '../model/event.ts';
import type { StoredEvent } from '../ports.ts';
import type { Announcements } from './announce.ts';
import { createBell } from './bell.ts';

/** Read so many at a time; a slow reader holds no more than this in memory. */
const PAGE = 200;

/** The stored events that a query asks for, then, when it follows, each new one as it is written. */
export async function* readEvents(
  { store, onCommit }: Announcements,
  query: EventQuery,
  signal: AbortSignal,
): AsyncIterable<CloudEvent> {
  const wanted = toFilter(query);
  let after = startOf(query, store);
  const written = createBell();
  onCommit(written.ring, signal);
  while (!signal.aborted) {
    const page: readonly StoredEvent[] = store.events(after, PAGE);
    for (const { number, event } of page) {
      after = number;
      if (wanted(event)) yield event;
    }
    if (page.length > 0) continue;
    if (!query.follow) return;
    await written.wait(signal);
  }
}

/** The number after which to read: a given event's, 0 for a time, the newest without either. */
function startOf({ since, follow }: EventQuery, store: Announcements['store']): number {
  if (since === undefined) return follow ? store.lastNumber() : 0;
  const id = /^(?<producer>[0-9a-f-]{36})\/(?<number>\d+)$/.exec(since)?.groups;
  if (!id) return 0;
  // Another producer's numbers say nothing here: its reader starts over and misses nothing.
  return id['producer'] === store.producer ? Number(id['number']) : 0;
}

function toFilter({ since, service, types }: EventQuery): (event: CloudEvent) => boolean {
  const sinceMs = since === undefined || since.includes('/') ? -Infinity : Date.parse(since);
  if (Number.isNaN(sinceMs)) {
    throw new AppError('REFUSED', `${since} is neither an event id nor a time`, {
      hint: 'give an id such as the `id` of an event, or a time such as 2026-01-31T12:00:00Z',
    });
  }
  return ({ time, subject, type }) =>
    Date.parse(time) >= sinceMs &&
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
