import { describe, expect, test } from 'vitest';
import { createBackOff } from '../../../src/programs/bridge/back-off.ts';
import { childrenThatFit, readGroupLimits } from '../../../src/programs/bridge/capacity.ts';
import { isAllowedHost, isAllowedOrigin } from '../../../src/programs/bridge/guard.ts';
import { readMessage, writeMessage } from '../../../src/programs/bridge/json-rpc.ts';
import { createLineReader } from '../../../src/programs/bridge/lines.ts';
import { createLog } from '../../../src/programs/bridge/log.ts';
import { createCounters } from '../../../src/programs/bridge/metrics.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { mkdir, writeFile } from 'node:fs/promises';

describe('lines', () => {
  test.each([
    [['a\nb\n'], ['a', 'b']],
    [
      ['a', 'b\nc', '\n'],
      ['ab', 'c'],
    ],
    [['a\r\n\nb'], ['a', '', 'b']],
    [[], []],
  ])('of %j are %j', (chunks, lines) => {
    expect(readLines(chunks)).toEqual({ lines, oversized: [] });
  });

  test('that are cut within a character are whole again', () => {
    const lines: string[] = [];
    const reader = createLineReader(100, {
      onLine: (line) => lines.push(line),
      onOversized: () => undefined,
    });
    const bytes = Buffer.from('世界\n');
    for (const byte of bytes) reader.push(Buffer.from([byte]));
    expect(lines).toEqual(['世界']);
  });

  test('that are too long are dropped, and counted once', () => {
    const long = 'x'.repeat(60);
    expect(readLines([`a\n${long}`, long, `${long}\nb\n`, long])).toEqual({
      lines: ['a', 'b', long],
      oversized: [180],
    });
  });
});

describe('messages', () => {
  test.each([
    '{"jsonrpc":"2.0","id":1,"method":"a","params":{"b":1}}',
    '{"jsonrpc":"2.0","id":"x","method":"a"}',
    '{"jsonrpc":"2.0","method":"a","params":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{}}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"a","data":[1]}}',
  ])('%s is read and written as it was', (line) => {
    const message = readMessage(JSON.parse(line));
    expect(message && writeMessage(message)).toBe(line);
  });

  test.each([
    'null',
    '1',
    '[]',
    '{}',
    '{"jsonrpc":"1.0","method":"a"}',
    '{"jsonrpc":"2.0","id":null,"method":"a"}',
    '{"jsonrpc":"2.0","id":{},"method":"a"}',
    '{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","id":1,"result":1}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":"a"}}',
  ])('%s is none', (text) => {
    expect(readMessage(JSON.parse(text))).toBeUndefined();
  });
});

test.each([
  ['localhost', true],
  ['LOCALHOST:80', true],
  ['127.0.0.1:8080', true],
  ['10.88.0.5:8080', true],
  ['[fd00::1]:80', true],
  ['mcp.example.com', true],
  ['mcp.example.com:443', true],
  ['example.com', false],
  ['localhost.example.com', false],
  ['127.0.0.1.example.com', false],
  ['a b', false],
  [undefined, false],
])('the host %s is ours: %s', (host, isOurs) => {
  expect(isAllowedHost(host, ['mcp.example.com'])).toBe(isOurs);
  expect(isAllowedHost(host, ['*'])).toBe(true);
});

test.each([
  [undefined, true],
  ['http://localhost:3000', true],
  ['https://app.example.com', true],
  ['http://app.example.com', false],
  ['http://10.0.0.1', false],
  ['null', false],
])('a page of the origin %s may ask: %s', (origin, mayAsk) => {
  expect(isAllowedOrigin(origin, ['https://app.example.com'])).toBe(mayAsk);
});

test('a start is put off twice as long after each failure, up to 30 s, and not after a success', () => {
  let nowMs = 0;
  const backOff = createBackOff(() => nowMs);
  const waits = Array.from({ length: 11 }, () => backOff.failed('exit code 1'));
  expect(waits.slice(0, 4)).toEqual([100, 200, 400, 800]);
  expect(waits.at(-1)).toBe(30_000);
  nowMs = 10_000;
  expect([backOff.waitMs(), backOff.isFailing()]).toEqual([20_000, true]);
  backOff.succeeded();
  expect([backOff.waitMs(), backOff.isFailing()]).toEqual([0, false]);
});

test.each([
  [{ memoryBytes: undefined, pids: undefined }, 64],
  [{ memoryBytes: 512 * 2 ** 20, pids: undefined }, 6],
  [{ memoryBytes: undefined, pids: 100 }, 7],
  [{ memoryBytes: 64 * 2 ** 20, pids: 10 }, 1],
])('into the limits %j fit %i children', (limits, children) => {
  expect(childrenThatFit(limits)).toBe(children);
});

test('limits are read as the kernel shows them', async () => {
  const folder = await createTempFolder();
  expect(readGroupLimits(folder)).toEqual({ memoryBytes: undefined, pids: undefined });
  await writeFile(`${folder}/memory.max`, '536870912\n');
  await writeFile(`${folder}/pids.max`, 'max\n');
  expect(readGroupLimits(folder)).toEqual({ memoryBytes: 536_870_912, pids: undefined });
});

test('so are those of the first version of control groups', async () => {
  const folder = await createTempFolder();
  await Promise.all(['memory', 'pids'].map((name) => mkdir(`${folder}/${name}`)));
  await writeFile(`${folder}/memory/memory.limit_in_bytes`, '9223372036854771712\n');
  await writeFile(`${folder}/pids/pids.max`, '128\n');
  expect(readGroupLimits(folder)).toEqual({ memoryBytes: undefined, pids: 128 });
});

test('the log holds back what comes too often, and says how much that was', () => {
  let nowMs = 0;
  const lines: string[] = [];
  const log = createLog(
    (line) => lines.push(line),
    () => nowMs,
  );
  for (let at = 0; at < 180; at++) log.sometimes('stdout', 'said', { line: 'x'.repeat(5_000) });
  log.sometimes('stderr', 'other');
  expect(lines).toHaveLength(101);
  expect(lines[0]?.length).toBeLessThan(2_200);
  nowMs = 1_500;
  log.sometimes('stdout', 'said');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ message: 'said', heldBack: 80 });
});

test('the figures are in the text format of Prometheus', () => {
  const counters = createCounters();
  counters.requests('modern');
  counters.refused(503);
  expect(counters.text({ inFlight: 1, sessions: 2, children: 3, childrenStarted: 4 })).toBe(
    [
      '# TYPE mcp_bridge_requests_in_flight gauge',
      'mcp_bridge_requests_in_flight 1',
      '# TYPE mcp_bridge_sessions gauge',
      'mcp_bridge_sessions 2',
      '# TYPE mcp_bridge_children gauge',
      'mcp_bridge_children 3',
      '# TYPE mcp_bridge_children_started_total counter',
      'mcp_bridge_children_started_total 4',
      '# TYPE mcp_bridge_requests_total counter',
      'mcp_bridge_requests_total{era="modern"} 1',
      'mcp_bridge_requests_total{era="legacy"} 0',
      '# TYPE mcp_bridge_refused_total counter',
      'mcp_bridge_refused_total{status="503"} 1',
      '',
    ].join('\n'),
  );
});

function readLines(chunks: readonly string[]) {
  const lines: string[] = [];
  const oversized: number[] = [];
  const reader = createLineReader(100, {
    onLine: (line) => lines.push(line),
    onOversized: (bytes) => oversized.push(bytes),
  });
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  reader.end();
  return { lines, oversized };
}
