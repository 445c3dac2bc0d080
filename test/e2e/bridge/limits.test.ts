import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { callModern, initialize, modern, openSession, post, textOf } from './raw-client.ts';
import { servers, startBridge } from './start-bridge.ts';

describe('a bridge', async () => {
  const bridge = await startBridge({ command: servers.fixture(), forAll: true });
  const { url } = bridge;

  test.each([
    ['Host', 'evil.example.com', 403],
    ['Host', 'evil.example.com:80', 403],
    ['Host', 'localhost:1', 200],
    ['Host', '10.1.2.3:8080', 200],
    ['Host', '[::1]:8080', 200],
    ['Origin', 'http://evil.example.com', 403],
    ['Origin', 'null', 403],
    ['Origin', 'http://10.1.2.3', 403],
    ['Origin', 'http://localhost:3000', 200],
  ])('answers to the header %s %s with status %i', async (name, value, status) => {
    expect(await statusWith(url, { [name]: value })).toBe(status);
  });

  test('refuses 50 MB, said or unsaid, and serves on', async () => {
    const body = Buffer.alloc(50 * 1024 * 1024, 'x');
    const sized = await post(url, body.toString());
    expect([sized.status, sized.messages[0]?.error?.message]).toEqual([
      413,
      'The body is longer than 4194304 bytes.',
    ]);
    expect(await streamed(url, body)).toBe(413);
    expect(bridge.residentBytes()).toBeLessThan(200 * 1024 * 1024);
    expect(textOf(await callModern(url, 'say', { words: 'on' }))).toBe('on');
  });

  test.each([
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', 400, -32_600],
    ['an empty batch', '[]', 400, -32_600],
    ['no JSON', '{"jsonrpc":', 400, -32_700],
    ['no JSON-RPC', '{"id":1,"method":"ping"}', 400, -32_600],
    ['an empty body', '', 400, -32_700],
  ])('refuses %s', async (_name, body, status, code) => {
    const answer = await post(url, body);
    expect([answer.status, answer.messages[0]?.error?.code]).toEqual([status, code]);
  });

  test('refuses other media types, and clients that read no stream', async () => {
    expect((await post(url, '{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(url, '{}', { accept: 'application/json' })).status).toBe(406);
    expect((await fetch(`${url}/mcp`, { method: 'PUT' })).status).toBe(405);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    const session = await openSession(url);
    const headers = { 'mcp-session-id': session.id, accept: 'application/json' };
    expect((await fetch(`${url}/mcp`, { headers })).status).toBe(406);
  });

  test.each([
    ['a version that the body does not name', { 'mcp-protocol-version': '2025-11-25' }, -32_020],
    ['another method', { 'mcp-method': 'tools/list' }, -32_020],
    ['another tool', { 'mcp-name': 'other' }, -32_020],
    ['a name in broken Base64', { 'mcp-name': '=?base64?c2F5?' }, -32_020],
  ])('refuses headers that name %s', async (_name, more, code) => {
    const { body, headers } = modern('tools/call', { name: 'say', arguments: {} });
    const answer = await post(url, body, { ...headers, ...more });
    expect([answer.status, answer.messages[0]?.id]).toEqual([400, 1]);
    expect(answer.messages[0]?.error?.code).toBe(code);
  });

  test('names the revisions it knows to a client of another one', async () => {
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' };
    const { body, headers } = modern('tools/list', { _meta: meta });
    const answer = await post(url, body, { ...headers, 'mcp-protocol-version': '2099-01-01' });
    expect(answer.status).toBe(400);
    expect(answer.messages[0]?.error).toMatchObject({
      code: -32_022,
      data: { supported: ['2026-07-28'], requested: '2099-01-01' },
    });
  });

  test.each(['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'no/such'])(
    'does not know the method %s in the modern era',
    async (method) => {
      const { body, headers } = modern(method);
      const answer = await post(url, body, headers);
      expect([answer.status, answer.messages[0]?.error?.code]).toEqual([404, -32_601]);
    },
  );

  test('a header of more than 16 kB ends the request alone', async () => {
    const long = { 'x-long': 'x'.repeat(20_000) };
    const { body, headers } = modern('server/discover');
    expect((await post(url, body, { ...headers, ...long })).status).toBe(431);
    expect((await post(url, body, headers)).status).toBe(200);
  });

  test('survives what is nested too deeply to be written again', async () => {
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say","arguments":{"words":${deep}}}}`;
    const session = await openSession(url);
    expect((await session.post(body)).messages[0]?.error).toBeDefined();
    expect(textOf(await session.call('say', { words: 'on' }))).toBe('on');
  });

  test.each(['//', '/mcp/../../etc/passwd', '*', 'http://other.example.com/mcp'])(
    'survives a request for %s',
    async (path) => {
      expect(await statusOf(url, path)).toBeGreaterThanOrEqual(400);
    },
  );

  test('keeps its own settings from its server', async () => {
    for (const name of ['PORT', 'MCP_PORT', 'BRIDGE_PORT']) {
      expect(textOf(await callModern(url, 'environment', { name }))).toBe('');
    }
  });
});

test('more open requests than allowed are told to come again, and none is lost', async () => {
  const flags = ['--max-in-flight', '10'];
  const bridge = await startBridge({ command: servers.fixture(), flags });
  await callModern(bridge.url, 'say');
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, at) => callModern(bridge.url, 'slow', { ms: 300 }, at)),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(statuses.filter((status) => status === 503)).toHaveLength(20);
  await eventually(async () => expect(await bridge.metric('requests_in_flight')).toBe(0));
});

test('names that are listed are answered to', async () => {
  const flags = [
    '--allowed-hosts',
    'mcp.example.com',
    '--allowed-origins',
    'https://app.example.com',
  ];
  const bridge = await startBridge({ command: servers.fixture(), flags });
  expect(await statusWith(bridge.url, { Host: 'mcp.example.com' })).toBe(200);
  expect(await statusWith(bridge.url, { Origin: 'https://app.example.com' })).toBe(200);
  expect(await statusWith(bridge.url, { Origin: 'http://app.example.com' })).toBe(403);
});

/** `fetch` sends no Host but the true one. */
function statusWith(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const asked = request(
    `${url}/mcp`,
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
    },
    (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    },
  );
  asked.on('error', reject);
  asked.end(JSON.stringify(initialize()));
  return promise;
}

/** `fetch` asks only for proper paths. */
function statusOf(url: string, path: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request(url, { path }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  })
    .on('error', reject)
    .end();
  return promise;
}

/** Sends a body whose length is not said before. */
async function streamed(url: string, body: Buffer): Promise<number> {
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new Blob([body]).stream(),
    duplex: 'half',
  });
  return response.status;
}
