import { describe, expect, test } from 'vitest';
import { honour, readFilter } from '../../../src/programs/bridge/hub.ts';
import {
  readInputRequests,
  toDiscovery,
  toInitializeResult,
  toLegacyOutcome,
  toLegacyParams,
  toModernOutcome,
} from '../../../src/programs/bridge/translate.ts';

const facts = {
  capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} },
  serverInfo: { name: 'server', version: '1' },
  instructions: 'read me',
  version: '2025-11-25',
};
const SERVER_INFO = { 'io.modelcontextprotocol/serverInfo': facts.serverInfo };

describe('for a modern client of a legacy server', () => {
  test('the discovery is made from its initialize, without what the modern era has no more', () => {
    expect(toDiscovery(facts)).toEqual({
      result: {
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: { listChanged: true }, resources: { subscribe: true } },
        instructions: 'read me',
        ttlMs: 0,
        cacheScope: 'private',
        resultType: 'complete',
        _meta: SERVER_INFO,
      },
    });
  });

  test('params lose the envelope and keep all else', () => {
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    expect(toLegacyParams({ name: 'a', _meta: meta })).toEqual({ name: 'a' });
    expect(toLegacyParams({ _meta: { ...meta, progressToken: 1, other: 2 } })).toEqual({
      _meta: { progressToken: 1, other: 2 },
    });
    expect(toLegacyParams(undefined)).toBeUndefined();
  });

  test('results get what the modern era demands, lists how long they hold', () => {
    const result = { tools: [{ name: 'a', execution: { taskSupport: 'optional' } }] };
    expect(toModernOutcome('tools/list', { result }, facts)).toEqual({
      result: {
        tools: [{ name: 'a' }],
        ttlMs: 0,
        cacheScope: 'private',
        resultType: 'complete',
        _meta: SERVER_INFO,
      },
    });
    expect(toModernOutcome('tools/call', { result: { content: [] } }, facts)).toEqual({
      result: { content: [], resultType: 'complete', _meta: SERVER_INFO },
    });
  });

  test('a missing resource has the code of the modern era, other errors keep theirs', () => {
    const error = { code: -32_002, message: 'Resource not found', data: { uri: 'a' } };
    expect(toModernOutcome('resources/read', { error }, facts)).toEqual({
      error: { ...error, code: -32_602 },
    });
    expect(toModernOutcome('tools/call', { error }, facts)).toEqual({ error });
  });
});

describe('for a legacy client of a modern server', () => {
  test('the answer to initialize is made from its discovery', () => {
    expect(toInitializeResult(facts, '2025-06-18')).toEqual({
      protocolVersion: '2025-06-18',
      capabilities: facts.capabilities,
      serverInfo: facts.serverInfo,
      instructions: 'read me',
    });
  });

  test('results lose what only the modern era knows', () => {
    const result = { content: [], resultType: 'complete', ttlMs: 1, cacheScope: 'public' };
    expect(toLegacyOutcome({ result })).toEqual({ result: { content: [] } });
  });

  test('what the server wants to know is read from its result', () => {
    const ask = { method: 'roots/list', params: {} };
    const result = { resultType: 'input_required', inputRequests: { a: ask }, requestState: 's' };
    expect(readInputRequests({ result })).toEqual({ requests: { a: ask }, state: 's' });
    expect(readInputRequests({ result: { resultType: 'complete' } })).toBeUndefined();
    expect(readInputRequests({ error: { code: 1, message: '' } })).toBeUndefined();
  });
});

test('of a filter only that is kept which the server can tell', () => {
  const filter = readFilter({
    notifications: {
      toolsListChanged: true,
      promptsListChanged: true,
      resourceSubscriptions: ['a'],
    },
  });
  expect(filter && honour(filter, facts.capabilities)).toEqual({
    toolsListChanged: true,
    resourceSubscriptions: ['a'],
  });
  expect(filter && honour(filter, {})).toEqual({});
  expect(readFilter({})).toBeUndefined();
  expect(readFilter({ notifications: { resourceSubscriptions: [1] } })).toBeUndefined();
});
