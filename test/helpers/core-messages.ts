import { randomUUID } from 'node:crypto';
import { binaryEnvelope } from '../platform/binary-message.ts';

interface Sent {
  readonly channel: string;
  readonly payload: Buffer;
}

interface Told {
  readonly kind: 'created' | 'deleted';
  readonly data: Readonly<Record<string, unknown>>;
}

const CLASSES = { created: 'MCPServerInstanceCreated', deleted: 'MCPServerInstanceDeleted' };

/** Every way in which core has sent its messages (wire.md §4.1). */
export const ENCODINGS: Readonly<Record<string, (told: Told) => Sent>> = {
  'an envelope in JSON': (told) =>
    toSent(told, { data: JSON.stringify(toEvent(told)), headers: { correlation_id: 'c' } }),
  'an envelope with an object': (told) => toSent(told, { data: toEvent(told), headers: {} }),
  'a binary envelope': (told) => ({
    channel: CLASSES[told.kind],
    payload: Buffer.from(
      binaryEnvelope(JSON.stringify(toEvent(told)), { 'content-type': 'application/json' }),
    ),
  }),
  'the bare event': (told) => toSent(told, toEvent(told)),
  'the bare data': (told) => toSent(told, told.data),
  CloudEvents: ({ kind, data }) => ({
    channel: `agentarea.events.mcp.instance.${kind}`,
    payload: Buffer.from(
      JSON.stringify({
        specversion: '1.0',
        type: `com.agentarea.mcp.instance.${kind}`,
        source: 'agentarea-api',
        id: randomUUID(),
        time: new Date().toISOString(),
        datacontenttype: 'application/json',
        data,
      }),
    ),
  }),
};

function toSent({ kind }: Told, body: unknown): Sent {
  return { channel: CLASSES[kind], payload: Buffer.from(JSON.stringify(body)) };
}

function toEvent({ kind, data }: Told) {
  const timestamp = String(Date.now() / 1000);
  return { event_id: randomUUID(), timestamp, event_type: CLASSES[kind], data };
}
