import type { CoreReport } from '../model/core.ts';
import { formatSeconds, formatTime } from './time-texts.ts';

/** The words by which core knows how an instance is (wire.md §4.2). */
type StatusWord = CoreReport['word'];

/** One message for core; how it is sent is `toPublication` or `toStreamEntry`. */
export interface StatusMessage {
  readonly type: 'MCPServerInstanceStatusChanged' | 'MCPServerInstanceError';
  readonly eventId: string;
  readonly atMs: number;
  readonly instanceId: string;
  /** As it goes over the wire. */
  readonly data: Readonly<Record<string, string>>;
}

/** What every message says. */
export interface MessageHead {
  readonly eventId: string;
  readonly atMs: number;
  readonly instanceId: string;
  readonly name: string;
}

export interface StatusChange extends MessageHead {
  readonly status: StatusWord;
  readonly containerId?: string;
  readonly url?: string;
  readonly error?: string;
}

export function statusChanged(change: StatusChange): StatusMessage {
  const { eventId, atMs, instanceId, name, status, containerId, url, error } = change;
  const data = {
    instance_id: instanceId,
    name,
    status,
    ...(containerId && { container_id: containerId }),
    ...(url && { url }),
    ...(error && { error }),
    timestamp: formatTime(atMs),
  };
  return { type: 'MCPServerInstanceStatusChanged', eventId, atMs, instanceId, data };
}

export function instanceError(failure: MessageHead & { readonly error: string }): StatusMessage {
  const { eventId, atMs, instanceId, name, error } = failure;
  const data = { instance_id: instanceId, name, error, timestamp: formatTime(atMs) };
  return { type: 'MCPServerInstanceError', eventId, atMs, instanceId, data };
}

/** For PUBLISH. */
export interface Publication {
  readonly channel: string;
  readonly payload: string;
}

/** `data` is an object on purpose: core takes both forms, and those who only read take this one. */
export function toPublication({ type, eventId, atMs, data }: StatusMessage): Publication {
  const event = { event_id: eventId, timestamp: formatSeconds(atMs), event_type: type, data };
  return { channel: type, payload: JSON.stringify({ data: event, headers: {} }) };
}
