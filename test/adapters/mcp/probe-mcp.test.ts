import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import type { CheckResult } from '../../../src/model/verification.ts';
import { answerStatus, flood, hang, streamForEver } from '../../fixtures/mcp/bad-servers.ts';
import { send, startLegacyServer } from '../../fixtures/mcp/legacy-server.ts';
import { closedUrl, listenHttp } from '../../fixtures/mcp/listen.ts';
import { startSample } from '../../fixtures/mcp/program.ts';
import { never, openTestProber } from '../../fixtures/mcp/prober.ts';
import { toTarget } from '../../fixtures/mcp/target.ts';
import { eventually } from '../../helpers/eventually.ts';

/** Those whose answer is waited for to the end. */
const slow = new Set<RequestListener>([hang, streamForEver]);

const modern = { outcome: 'verified', era: 'modern', tools: ['a'], toolsHash: 'h' } as const;
const legacy = { ...modern, era: 'legacy' } as const;

test('a modern server is asked once, and its tools are kept', async () => {
  const requests: string[] = [];
  const url = await listenHttp((request, response) => {
    requests.push(`${request.method} ${String(request.headers['mcp-method'])}`);
    send(response, 200, { jsonrpc: '2.0', id: 1, result: { supportedVersions: ['2026-07-28'] } });
  });
  expect(await openTestProber().probe(toTarget(url), modern, never)).toEqual(modern);
  expect(requests).toEqual(['POST server/discover']);
});

test('the sample server is alive in both eras', async () => {
  const { url } = await startSample('echo');
  const prober = openTestProber();
  expect(await prober.probe(toTarget(url), modern, never)).toEqual(modern);
  expect(await prober.probe(toTarget(url), legacy, never)).toEqual(legacy);
});

test.each([-32_020, -32_021, -32_022])('error %i is a sign of modern life', async (code) => {
  const url = await listenHttp((_request, response) =>
    send(response, 400, { jsonrpc: '2.0', id: 1, error: { code, message: 'no' } }),
  );
  expect(await openTestProber().probe(toTarget(url), modern, never)).toEqual(modern);
});

test('an answer in an event stream that stays open is enough', async () => {
  const url = await listenHttp((_request, response) => {
    const result = { supportedVersions: ['2026-07-28'] };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\nevent: message\r\ndata: {"jsonrpc":"2.0",\r\ndata: "id":1,\r\n');
    response.write(`data: "result":${JSON.stringify(result)}}\r\n\r\n`);
  });
  expect(await openTestProber().probe(toTarget(url), modern, never)).toEqual(modern);
});

test.each<[string, RequestListener, CheckResult['outcome'], RegExp]>([
  ['answers 401', answerStatus(401), 'needs-auth', /^answered 401 /],
  ['answers 403', answerStatus(403), 'needs-auth', /^answered 403 /],
  ['answers 500', answerStatus(500), 'failed', /^answered 500 /],
  ['answers 404 to everything', answerStatus(404), 'failed', /^answered 404 /],
  ['hangs', hang, 'failed', /^no answer within 0\.2s$/],
  ['streams for ever', streamForEver, 'failed', /^no answer within 0\.2s$/],
  ['floods with JSON', flood('application/json'), 'failed', /^answered more than 1 MiB$/],
  ['floods with events', flood('text/event-stream'), 'failed', /^answered more than 1 MiB$/],
])('a server that %s is judged in time in both eras', async (_what, handle, outcome, message) => {
  const target = toTarget(await listenHttp(handle), { timeoutMs: slow.has(handle) ? 200 : 5_000 });
  const prober = openTestProber();
  const expected = { outcome, message: expect.stringMatching(message) };
  expect(await prober.probe(target, modern, never)).toEqual(expected);
  expect(await prober.probe(target, legacy, never)).toEqual(expected);
});

test('a server that limits its callers is alive', async () => {
  const url = await listenHttp(answerStatus(429));
  expect(await openTestProber().probe(toTarget(url), modern, never)).toEqual(modern);
});

test('a server that answers 503 says that it has too much to do', async () => {
  const target = toTarget(await listenHttp(answerStatus(503)));
  const result = await openTestProber().probe(target, modern, never);
  expect(result).toMatchObject({ outcome: 'failed', overloaded: true });
});

test('a closed port is failed', async () => {
  const target = toTarget(await closedUrl());
  const failed = { outcome: 'failed', message: expect.stringMatching(/^nothing listens on /) };
  expect(await openTestProber().probe(target, modern, never)).toEqual(failed);
  expect(await openTestProber().probe(target, legacy, never)).toEqual(failed);
});

test.each([
  ['JSON', false],
  ['event streams', true],
])('a legacy server that answers in %s is pinged on one kept session', async (_in, streams) => {
  const server = await startLegacyServer({ streams });
  const prober = openTestProber();
  for (let probe = 0; probe < 3; probe++) {
    expect(await prober.probe(toTarget(server.url), legacy, never)).toEqual(legacy);
  }
  const opening = ['initialize', 'notifications/initialized'];
  expect(server.calls).toEqual([...opening, 'ping', 'ping', 'ping']);
  expect(server.sessions.size).toBe(1);
  await prober.close();
  expect(server.sessions.size).toBe(0);
});

test.each([400, 404])('a session that expired with %i is opened anew once', async (status) => {
  const server = await startLegacyServer();
  const prober = openTestProber();
  await prober.probe(toTarget(server.url), legacy, never);
  let refused = 0;
  server.intercept = ({ method }, response) => {
    if (method !== 'ping' || refused++ > 0) return false;
    send(response, status, { jsonrpc: '2.0', id: null, error: { code: -32_001, message: 'gone' } });
    return true;
  };
  expect(await prober.probe(toTarget(server.url), legacy, never)).toEqual(legacy);
  await eventually(() => expect(server.sessions.size).toBe(1));
});

test('a session of an earlier start of the instance is ended', async () => {
  const server = await startLegacyServer();
  const prober = openTestProber();
  await prober.probe(toTarget(server.url, { startedAtMs: 1 }), legacy, never);
  await prober.probe(toTarget(server.url, { startedAtMs: 2 }), legacy, never);
  expect(server.calls.filter((call) => call === 'initialize')).toHaveLength(2);
  await eventually(() => expect(server.sessions.size).toBe(1));
});

test('a session that no probe uses any more is ended', async () => {
  const server = await startLegacyServer();
  const prober = openTestProber({ sessionIdleMs: 50 });
  await prober.probe(toTarget(server.url), legacy, never);
  await eventually(() => expect(server.sessions.size).toBe(0));
  expect(await prober.probe(toTarget(server.url), legacy, never)).toEqual(legacy);
});

test('probes of one instance at the same time leave one session', async () => {
  const server = await startLegacyServer();
  const prober = openTestProber();
  const probes = [1, 2, 3].map(() => prober.probe(toTarget(server.url), legacy, never));
  expect(await Promise.all(probes)).toEqual([legacy, legacy, legacy]);
  await eventually(() => expect(server.sessions.size).toBe(1));
});

test('a session whose opening hangs is ended', async () => {
  const server = await startLegacyServer();
  server.intercept = ({ method }, response) => {
    if (method === 'initialize')
      response.writeHead(200, { 'content-type': 'text/plain' }).write(' ');
    return method === 'initialize';
  };
  const result = await openTestProber().probe(
    toTarget(server.url, { timeoutMs: 200 }),
    legacy,
    never,
  );
  expect(result).toEqual({ outcome: 'failed', message: 'no answer within 0.2s' });
  await eventually(() => expect(server.calls).toContain('DELETE'));
  expect(server.sessions.size).toBe(0);
});

test.each(['verify', 'probe'] as const)(
  'a session that is opened too late for a %s is ended',
  async (kind) => {
    const server = await startLegacyServer();
    let isLate = true;
    server.intercept = ({ id, method }, response) => {
      if (method !== 'initialize' || !isLate) return false;
      isLate = false;
      const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {} };
      setTimeout(() => send(response, 200, { jsonrpc: '2.0', id, result }), 500);
      return true;
    };
    const prober = openTestProber();
    const target = toTarget(server.url, { timeoutMs: 200 });
    const result = await (kind === 'probe'
      ? prober.probe(target, legacy, never)
      : prober.verify(target, never));
    expect(result).toEqual({ outcome: 'failed', message: 'no answer within 0.2s' });
    await eventually(() => expect(server.calls).toContain('DELETE'));
    expect(server.sessions.size).toBe(0);
  },
);

test('a prober that was closed while it opened a session leaves none', async () => {
  const server = await startLegacyServer();
  const prober = openTestProber();
  server.intercept = ({ method }) => method === 'notifications/initialized';
  const probe = prober.probe(toTarget(server.url), legacy, never);
  await eventually(() => expect(server.calls).toContain('notifications/initialized'));
  await prober.close();
  expect(await probe).toEqual({ outcome: 'failed', message: 'the check was stopped' });
  expect(server.sessions.size).toBe(0);
});

test('closing is not held up by a server that hangs', async () => {
  const server = await startLegacyServer();
  const prober = openTestProber();
  await prober.probe(toTarget(server.url), legacy, never);
  server.hangOnDelete = true;
  const beforeMs = performance.now();
  await prober.close();
  expect(performance.now() - beforeMs).toBeLessThan(3_000);
});

test('a server that changed its era is verified anew', async () => {
  const server = await startLegacyServer();
  const now = await openTestProber().probe(toTarget(server.url), modern, never);
  expect(now).toMatchObject({ outcome: 'verified', era: 'legacy', tools: ['read', 'write'] });
  await eventually(() => expect(server.sessions.size).toBe(0));

  const url = await listenHttp(answerOnlyModern);
  const then = await openTestProber().probe(toTarget(url), legacy, never);
  expect(then).toMatchObject({ outcome: 'verified', era: 'modern', tools: [] });
});

test('an instance that is not verified yet is verified', async () => {
  const server = await startLegacyServer();
  const last = { outcome: 'failed', message: 'before' } as const;
  const now = await openTestProber().probe(toTarget(server.url), last, never);
  expect(now).toMatchObject({ outcome: 'verified', tools: ['read', 'write'] });
});

const answerOnlyModern: RequestListener = (request, response) => {
  const modernRequest = request.headers['mcp-protocol-version'] === '2026-07-28';
  request.setEncoding('utf8').once('data', (body: string) => {
    const { id } = JSON.parse(body);
    const error = {
      code: -32_022,
      message: 'Unsupported protocol version',
      data: { supported: ['2026-07-28'] },
    };
    const result = {
      supportedVersions: ['2026-07-28'],
      capabilities: {},
      serverInfo: { name: 'modern', version: '1' },
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
    };
    if (modernRequest) send(response, 200, { jsonrpc: '2.0', id, result });
    else send(response, 400, { jsonrpc: '2.0', id, error });
  });
};
