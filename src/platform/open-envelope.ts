import { parseJsonText } from './bounded-json.ts';
import { isRecord, type UnknownRecord } from '../model/record.ts';

/** An event without what it was wrapped in. `type` is absent where only the channel says it. */
export interface Event {
  readonly type?: string;
  readonly eventId?: unknown;
  readonly data: unknown;
}

export type Opened =
  | { readonly ok: true; readonly event: Event }
  | { readonly ok: false; readonly cause: string };

/** FastStream's envelope, and one more for what stands in it. */
const MOST_LAYERS = 3;

/**
 * Finds the event in each of the forms of wire.md §4.1: FastStream's `{data, headers}` with `data` as a
 * string or an object, core's own `{event_type, data}`, CloudEvents, or the data alone.
 */
export function openEnvelope(value: unknown, layers = MOST_LAYERS): Opened {
  if (!isRecord(value)) return { ok: false, cause: 'it is no object' };
  const event = readEvent(value);
  if (event) return { ok: true, event };
  if (Object.hasOwn(value, 'specversion')) {
    return { ok: false, cause: 'it is no CloudEvent of version 1.0' };
  }
  const { data } = value;
  if (layers === 0 || data === undefined) return { ok: false, cause: 'there is no event in it' };
  if (typeof data !== 'string') return openEnvelope(data, layers - 1);
  const parsed = parseJsonText(data);
  return parsed.ok ? openEnvelope(parsed.value, layers - 1) : parsed;
}

function readEvent(value: UnknownRecord): Event | undefined {
  const { specversion, type, id, event_type: eventType, event_id: eventId, data } = value;
  if (typeof eventType === 'string') return { type: eventType, eventId, data };
  if (specversion === '1.0' && typeof type === 'string') return { type, eventId: id, data };
  return Object.hasOwn(value, 'instance_id') ? { data: value } : undefined;
}
