import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CORE_CHANNELS, decodeMessage } from '../../src/platform/decode-message.ts';
import { binaryEnvelope } from './binary-message.ts';

const channels = fc.oneof(fc.constantFrom(...CORE_CHANNELS), fc.string());
const texts = fc.stringMatching(/^[A-Za-zé -]{1,40}$/);
const events = fc.record(
  {
    instance_id: texts,
    name: texts,
    json_spec: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
    server_spec_id: fc.oneof(texts, fc.constant(null)),
    workspace_id: texts,
  },
  { requiredKeys: ['instance_id', 'name', 'json_spec'] },
);

type Data = object;
const KINDS = ['created', 'deleted', 'ignored', 'malformed'];

/** Each way in which core sends, or has sent, the same event. */
const ENCODINGS: Readonly<Record<string, (data: Data, headers: Record<string, string>) => Buffer>> =
  {
    'JSON envelope of a string': (data, headers) =>
      toBytes({ data: JSON.stringify(toEvent(data)), headers }),
    'JSON envelope of an object': (data, headers) => toBytes({ data: toEvent(data), headers }),
    'binary envelope': (data, headers) => binaryEnvelope(JSON.stringify(toEvent(data)), headers),
    'bare event': (data) => toBytes(toEvent(data)),
    'bare data': (data) => toBytes(data),
    CloudEvent: (data) =>
      toBytes({ specversion: '1.0', type: 'com.agentarea.mcp.instance.created', id: 'e1', data }),
  };

describe.each(Object.entries(ENCODINGS))('an event in a %s', (_name, encode) => {
  const headers = fc.dictionary(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), {
    maxKeys: 4,
  });

  test('is read as it was sent', () => {
    fc.assert(
      fc.property(events, headers, (data, sent) => {
        const said = decodeMessage('MCPServerInstanceCreated', encode(data, sent));
        expect(said).toMatchObject({
          kind: 'created',
          instanceId: data.instance_id,
          name: data.name,
          jsonSpec: JSON.parse(JSON.stringify(data.json_spec)),
        });
      }),
    );
  });

  test('with bytes changed or lost is read or refused, and never throws', () => {
    const damage = fc.record({
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
      cut: fc.nat(),
    });
    fc.assert(
      fc.property(events, fc.array(damage, { minLength: 1, maxLength: 4 }), (data, damages) => {
        const message = encode(data, { a: 'b' });
        for (const { at, byte } of damages) message[at % message.length] = byte;
        const end = message.length - ((damages[0]?.cut ?? 0) % 20);
        const { kind } = decodeMessage('MCPServerInstanceCreated', message.subarray(0, end));
        expect(KINDS).toContain(kind);
      }),
    );
  });
});

test('any bytes whatever are answered', () => {
  fc.assert(
    fc.property(channels, fc.uint8Array({ maxLength: 200 }), (channel, bytes) => {
      expect(KINDS).toContain(decodeMessage(channel, bytes).kind);
    }),
  );
});

test('any JSON whatever is answered', () => {
  const keys = fc.constantFrom(
    'data',
    'headers',
    'event_type',
    'instance_id',
    'specversion',
    'type',
  );
  const values = fc.oneof(fc.jsonValue(), fc.constantFrom(...CORE_CHANNELS));
  const messages = fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.dictionary(keys, values)));
  fc.assert(
    fc.property(channels, messages, (channel, message) => {
      expect(KINDS).toContain(decodeMessage(channel, toBytes(message)).kind);
    }),
  );
});

function toEvent(data: Data): object {
  return { event_id: 'e1', timestamp: '1.5', event_type: 'MCPServerInstanceCreated', data };
}

function toBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
