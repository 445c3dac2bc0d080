import { describe, expect, test } from 'vitest';
import { classify, decodeHeader } from '../../../src/programs/bridge/classify.ts';
import type { Message } from '../../../src/programs/bridge/json-rpc.ts';

const NONE = { version: undefined, method: undefined, name: undefined };
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const request = (method: string, params: object = {}): Message => ({
  kind: 'request',
  id: 1,
  method,
  params: { ...params },
});
const call = request('tools/call', { name: 'say', _meta: META });
const headers = { version: '2026-07-28', method: 'tools/call', name: 'say' };

describe('a message is legacy', () => {
  test.each<[string, Message]>([
    ['initialize', request('initialize', { protocolVersion: '2025-11-25' })],
    ['a request without envelope', request('tools/list')],
    ['a response', { kind: 'response', id: 1, outcome: { result: {} } }],
    ['a notification', { kind: 'notification', method: 'notifications/x', params: undefined }],
  ])('when it is %s', (_name, message) => {
    expect(classify(message, NONE)).toEqual({ kind: 'legacy' });
    expect(classify(message, { ...NONE, version: '2025-06-18' })).toEqual({ kind: 'legacy' });
  });
});

describe('a message is modern', () => {
  test('when its envelope says so, and the headers say the same', () => {
    expect(classify(call, headers)).toEqual({ kind: 'modern' });
    expect(classify(call, { ...headers, name: '=?base64?c2F5?=' })).toEqual({ kind: 'modern' });
  });

  test('when it is a notification under the modern header', () => {
    const message = { kind: 'notification', method: 'notifications/x', params: undefined } as const;
    expect(classify(message, { ...NONE, version: '2026-07-28' })).toEqual({ kind: 'modern' });
  });
});

test.each<[string, Message, object, number]>([
  ['no version header', call, { version: undefined }, -32_020],
  ['another version header', call, { version: '2025-11-25' }, -32_020],
  ['no method header', call, { method: undefined }, -32_020],
  ['another method', call, { method: 'TOOLS/CALL' }, -32_020],
  ['no name header', call, { name: undefined }, -32_020],
  ['another name', call, { name: 'shout' }, -32_020],
  ['a name that is broken Base64', call, { name: '=?base64?c2F?=' }, -32_020],
  ['a modern header over initialize', request('initialize'), { method: 'initialize' }, -32_020],
  ['no envelope', request('tools/list'), { method: 'tools/list' }, -32_602],
  [
    'no client capabilities',
    request('ping', { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } }),
    { method: 'ping' },
    -32_602,
  ],
  [
    'an unknown version',
    request('ping', {
      _meta: { ...META, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' },
    }),
    { method: 'ping', version: '2099-01-01' },
    -32_022,
  ],
])('a request with %s is refused', (_name, message, more, code) => {
  expect(classify(message, { ...headers, ...more })).toMatchObject({
    kind: 'refused',
    error: { code },
  });
});

test.each([
  ['plain', 'plain'],
  ['=?base64?SGVsbG8sIOS4lueVjA==?=', 'Hello, 世界'],
  ['=?base64?SGVsbG8?=', undefined],
  ['=?base64?/w==?=', undefined],
  ['=?base64?****?=', undefined],
])('the header value %s means %s', (value, meaning) => {
  expect(decodeHeader(value)).toBe(meaning);
});
