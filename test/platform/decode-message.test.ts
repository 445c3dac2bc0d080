import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type CoreMessage, decodeMessage } from '../../src/platform/decode-message.ts';
import { binaryEnvelope, type Wrong } from './binary-message.ts';

interface Vector {
  readonly name: string;
  readonly channel: string;
  readonly payload_utf8?: string;
  readonly payload_base64?: string;
}

const FILE = 'test/fixtures/platform/wire-vectors.json';
const { vectors }: { readonly vectors: readonly Vector[] } = JSON.parse(readFileSync(FILE, 'utf8'));

const ID = '3f6a2d3e-0d0e-4a51-8d0f-9a7b6c5d4e3f';
const SPEC = {
  image: 'mcp/echo:latest',
  port: 8000,
  environment: { LOG_LEVEL: 'INFO', API_KEY: `secret_ref:${ID}:API_KEY` },
};
const CREATED = 'MCPServerInstanceCreated';
const DELETED = 'MCPServerInstanceDeleted';

/** What each vector says, in their order. */
const SAID: readonly CoreMessage[] = [
  created({ eventId: '7f0f7c1e-6b0b-4c0e-9c7e-1c5f3b1f9a01' }),
  { kind: 'deleted', eventId: '7f0f7c1e-6b0b-4c0e-9c7e-1c5f3b1f9a02', instanceId: ID },
  created({ eventId: '7f0f7c1e-6b0b-4c0e-9c7e-1c5f3b1f9a01' }),
  { kind: 'deleted', eventId: '7f0f7c1e-6b0b-4c0e-9c7e-1c5f3b1f9a02', instanceId: ID },
  { kind: 'ignored', why: 'it tells of no creation or deletion' },
  { kind: 'deleted', eventId: 'x', instanceId: ID },
];

test.each(vectors.map((vector, at) => [vector.name, vector, SAID[at]] as const))(
  'the vector "%s" is read',
  (_name, { channel, payload_utf8: text, payload_base64: base64 = '' }, said) => {
    const payload = text === undefined ? Buffer.from(base64, 'base64') : Buffer.from(text);

    expect(decodeMessage(channel, payload)).toEqual(said);
  },
);

describe('a message without FastStream', () => {
  const data = { instance_id: ID, name: 'My Echo', json_spec: SPEC };
  const inner = { event_id: 'e1', timestamp: '1.5', event_type: CREATED, data };
  const cloudEvent = { specversion: '1.0', type: 'com.agentarea.mcp.instance.created', id: 'e1' };

  test.each([
    ['an envelope with an object', CREATED, { data: inner, headers: {} }, { eventId: 'e1' }],
    ['the bare event', CREATED, inner, { eventId: 'e1' }],
    ['the bare event on a channel of another name', 'relay', inner, { eventId: 'e1' }],
    ['the bare data', CREATED, data, {}],
    ['the bare data in an envelope', CREATED, { data: JSON.stringify(data), headers: {} }, {}],
    ['the bare data by its subject', 'agentarea.events.mcp.instance.created', data, {}],
    ['a CloudEvent', 'any', { ...cloudEvent, data }, { eventId: 'e1' }],
    ['an id that is none', CREATED, { ...inner, event_id: 7 }, {}],
    [
      'all that core may say',
      CREATED,
      { ...data, server_spec_id: 's1', workspace_id: 'w1' },
      { serverSpecId: 's1', workspaceId: 'w1' },
    ],
    ['what core leaves out', CREATED, { ...data, server_spec_id: null, workspace_id: '' }, {}],
  ])('is read: %s', (_what, channel, message, said) => {
    expect(decode(channel, message)).toEqual(created(said));
  });

  test.each([
    ['updated', 'MCPServerInstanceUpdated', {}],
    ['started', 'MCPServerInstanceStarted', { instance_id: ID }],
    ['of a server', 'MCPServerCreated', {}],
    ['with the name of a built-in', 'constructor', {}],
  ])('of another type is ignored: %s', (_what, type, said) => {
    expect(decode(type, { event_id: 'e', event_type: type, data: said })).toEqual({
      kind: 'ignored',
      why: 'it tells of no creation or deletion',
    });
  });
});

const TEXT = 'is no text of 1 to 256 characters';

test.each([
  ['nothing', '', 'it is no JSON'],
  ['no JSON', '{"data":', 'it is no JSON'],
  ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'it is no UTF-8'],
  ['a list', [], 'it is no object'],
  ['a text', '"hunter2"', 'it is no object'],
  ['an envelope of a text', { data: 'hunter2' }, 'it is no JSON'],
  ['an envelope of a number', { data: 7 }, 'it is no object'],
  ['an envelope of nothing', { headers: {} }, 'there is no event in it'],
  ['too many envelopes', wrapped(5), 'there is no event in it'],
  ['another CloudEvents', { specversion: '2.0', type: 'x' }, 'it is no CloudEvent of version 1.0'],
  ['data that is a list', { event_type: CREATED, data: [] }, 'its data is no object'],
  ['data that is missing', { event_type: CREATED }, 'its data is no object'],
  ['a deletion where creations are told', event(DELETED), 'its type is not that of its channel'],
  ['no id', { event_type: CREATED, data: {} }, `its instance_id ${TEXT}`],
  ['an id that is a number', { instance_id: 7 }, `its instance_id ${TEXT}`],
  ['an id that is empty', { instance_id: '' }, `its instance_id ${TEXT}`],
  ['an id that is too long', { instance_id: 'x'.repeat(257) }, `its instance_id ${TEXT}`],
  ['an id of two lines', { instance_id: 'a\nb' }, `its instance_id ${TEXT}`],
  ['an id of half a character', '{"instance_id": "\\ud800"}', `its instance_id ${TEXT}`],
])('a message of %s is malformed', (_what, message, cause) => {
  expect(decode(CREATED, message)).toEqual({ kind: 'malformed', cause });
});

test('an id may have 256 characters', () => {
  const instanceId = 'x'.repeat(256);
  expect(decode(DELETED, { instance_id: instanceId })).toEqual({ kind: 'deleted', instanceId });
});

test.each([
  ['no name', { name: undefined }, `its name ${TEXT}`],
  ['a json_spec that is text', { json_spec: '{}' }, 'its json_spec is no object'],
  ['a json_spec that is none', { json_spec: null }, 'its json_spec is no object'],
  ['a server_spec_id that is a map', { server_spec_id: {} }, `its server_spec_id ${TEXT}`],
  ['a workspace_id that is a number', { workspace_id: 1 }, `its workspace_id ${TEXT}`],
])('a creation with %s is malformed, and core can be told of which', (_what, fields, cause) => {
  const data = { instance_id: ID, name: 'n', json_spec: SPEC, ...fields };

  expect(decode(CREATED, data)).toEqual({ kind: 'malformed', cause, instanceId: ID });
});

describe('the binary envelope', () => {
  const body = JSON.stringify({ instance_id: ID });
  const wrongLengths = 'the lengths in the binary envelope are wrong';

  test('is read with and without headers', () => {
    const headers = { 'content-type': 'application/json', empty: '' };

    expect(decode(DELETED, binaryEnvelope(body, {}))).toEqual({ kind: 'deleted', instanceId: ID });
    expect(decode(DELETED, binaryEnvelope(body, headers))).toMatchObject({ instanceId: ID });
  });

  test('is read from the middle of a buffer, as a client of Redis may hand it over', () => {
    const message = binaryEnvelope(body, { a: 'b' });
    const whole = Buffer.concat([Buffer.from('before'), message, Buffer.from('behind')]);

    const middle = whole.subarray(6, 6 + message.length);

    expect(decode(DELETED, middle)).toMatchObject({ kind: 'deleted' });
  });

  test('that ends before it says where its body is, is cut short', () => {
    const message = binaryEnvelope(body, {}).subarray(0, 17);

    expect(decode(DELETED, message)).toEqual({
      kind: 'malformed',
      cause: 'the binary envelope is cut short',
    });
  });

  test('that is cut short anywhere is malformed', () => {
    const message = binaryEnvelope(body, { 'content-type': 'application/json' });

    for (let length = 0; length < message.length; length += 1) {
      expect(decode(DELETED, message.subarray(0, length)), `${length} bytes`).toMatchObject({
        kind: 'malformed',
      });
    }
  });

  test.each<[string, Wrong, string]>([
    ['an unknown version', { version: 2 }, 'the binary envelope has an unknown version'],
    ['headers inside its preamble', { headersStart: 4 }, wrongLengths],
    ['headers behind its body', { headersStart: 60_000 }, wrongLengths],
    ['a body behind its end', { bodyStart: 2 ** 32 - 1 }, wrongLengths],
    ['a body inside its headers', { bodyStart: 19 }, wrongLengths],
    ['more headers than there are', { headerCount: 65_535 }, wrongLengths],
    ['more headers than bytes', { headerCount: 65_535, bodyStart: 27 + body.length }, wrongLengths],
    ['a header longer than all', { nameLength: 65_535 }, wrongLengths],
    ['a header that ends in the body', { bodyStart: 25 }, wrongLengths],
    ['no place for headers', { headersStart: 18, bodyStart: 18 }, wrongLengths],
    ['a body that begins at its end', { bodyStart: 27 + body.length }, 'it is no JSON'],
    ['a body that begins behind its end', { bodyStart: 28 + body.length }, wrongLengths],
  ])('with %s is malformed', (_what, wrong, cause) => {
    expect(decode(DELETED, binaryEnvelope(body, { ab: 'c' }, wrong))).toEqual({
      kind: 'malformed',
      cause,
    });
  });
});

describe('what is too much', () => {
  test('50 MB are refused without being read', () => {
    const began = performance.now();

    const said = decode(CREATED, Buffer.alloc(50_000_000, '['));

    expect(said).toEqual({ kind: 'malformed', cause: 'it is larger than 1 MiB' });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test.each([
    ['lists', '['.repeat(2 ** 20)],
    ['maps', '{"a":'.repeat(100_000)],
    ['lists that end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['lists in an envelope', JSON.stringify({ data: '['.repeat(100_000) })],
  ])('what is nested too deeply is malformed: %s', (_what, text) => {
    expect(decode(CREATED, text)).toEqual({
      kind: 'malformed',
      cause: 'it is nested deeper than 32 levels',
    });
  });

  test('32 levels are read, and one more is not, however many there were side by side', () => {
    const deep = (levels: number) => `[${'[],'.repeat(100)}${nested(levels - 1)}]`;

    expect(decode(CREATED, nested(32))).toMatchObject({ cause: 'it is no object' });
    expect(decode(CREATED, deep(32))).toMatchObject({ cause: 'it is no object' });
    expect(decode(CREATED, deep(33))).toMatchObject({
      cause: 'it is nested deeper than 32 levels',
    });
  });

  test('brackets in texts are no levels, whatever is escaped before them', () => {
    const name = `\\"${'['.repeat(100)}\\`;

    expect(decode(CREATED, { instance_id: ID, name, json_spec: SPEC })).toMatchObject({ name });
  });
});

test('a name of the language itself is a key like any other', () => {
  const text = `{"instance_id": "${ID}", "name": "n", "json_spec": {"__proto__": {"image": "x"}}}`;

  const said = decode(CREATED, text);

  expect(said.kind === 'created' && Object.keys(said.jsonSpec)).toEqual(['__proto__']);
  expect(Object.prototype).not.toHaveProperty('image');
});

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

function decode(channel: string, message: unknown): CoreMessage {
  if (message instanceof Uint8Array) return decodeMessage(channel, message);
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return decodeMessage(channel, Buffer.from(text));
}

function created(fields: object): CoreMessage {
  return { kind: 'created', instanceId: ID, name: 'My Echo', jsonSpec: SPEC, ...fields };
}

function event(type: string): object {
  return { event_type: type, data: { instance_id: ID } };
}

function wrapped(layers: number): object {
  return layers === 0 ? event(CREATED) : { data: wrapped(layers - 1) };
}
