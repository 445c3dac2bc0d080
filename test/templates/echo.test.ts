import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { connectClient } from '../fixtures/mcp/client.ts';
import { startSample } from '../fixtures/mcp/program.ts';

const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

test.each(['modern', 'legacy'] as const)('a %s client lists and calls the tools', async (era) => {
  const { url } = await startSample('echo', { GREETING: 'Hello' });
  const client = await connectClient(url, era);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).toSorted()).toEqual(['echo', 'info']);
  const answer = await client.callTool({ name: 'echo', arguments: { message: 'you' } });
  expect(answer.content).toEqual([{ type: 'text', text: 'Hello: you' }]);
  const info = await client.callTool({ name: 'info', arguments: {} });
  expect(JSON.stringify(info.content)).toContain('service_name');
});

test('a client of 2025 gets its handshake, its ping and its list without a session', async () => {
  const { url } = await startSample('echo');
  const post = async (message: object): Promise<Response> =>
    fetch(`${url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-06-18',
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
  const params = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'old', version: '1' },
  };
  const hello = await post({ id: 1, method: 'initialize', params });
  expect(hello.headers.get('mcp-session-id')).toBeNull();
  expect(await hello.text()).toContain('"protocolVersion":"2025-06-18"');
  expect((await post({ method: 'notifications/initialized' })).status).toBe(202);
  expect(await (await post({ id: 2, method: 'ping' })).text()).toContain('"result":{}');
  expect(await (await post({ id: 3, method: 'tools/list' })).text()).toContain('"name":"echo"');
});

test('the plain endpoints answer as the platform knows them', async () => {
  const { url } = await startSample('echo', { MCP_SERVICE_NAME: 'sample' });
  const get = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
  expect(await get('/health')).toEqual({
    status: 'healthy',
    service: 'sample',
    timestamp,
    version: '1.0.0',
  });
  expect(await get('/')).toEqual({
    service: 'sample',
    type: 'mcp-echo-server',
    version: '1.0.0',
    description: expect.any(String),
    endpoints: expect.arrayContaining(['/health', '/echo', '/info', '/mcp/capabilities']),
  });
  expect(await get('/info')).toEqual({
    service_name: 'sample',
    service_type: 'echo',
    version: '1.0.0',
    description: expect.any(String),
    capabilities: ['echo', 'health', 'info'],
    environment: { port: expect.any(Number), service_name: 'sample' },
    uptime: expect.any(Number),
    timestamp,
  });
  expect(await get('/mcp/capabilities')).toEqual({
    protocol_version: '1.0',
    capabilities: { echo: true, health: true, info: true },
    service_metadata: { name: 'sample', type: 'echo', version: '1.0.0' },
  });
});

test('the plain echo answers with the message, by POST and by GET', async () => {
  const { url } = await startSample('echo');
  const body = JSON.stringify({ message: 'hello', metadata: { test: true } });
  const posted = await fetch(`${url}/echo`, { method: 'POST', body });
  const answer = {
    original_message: 'hello',
    echo_message: 'Echo: hello',
    timestamp,
    service_name: 'echo',
    metadata: { test: true },
  };
  expect(await posted.json()).toEqual(answer);
  const got = await fetch(`${url}/echo/hello`);
  expect(await got.json()).toEqual({ ...answer, metadata: { method: 'GET' }, method: 'GET' });
});

test('what cannot be answered gets its status', async () => {
  const { url } = await startSample('echo');
  const status = async (path: string, init?: RequestInit): Promise<number> =>
    (await fetch(url + path, init)).status;
  expect(await status('/nothing')).toBe(404);
  expect(await status('/constructor')).toBe(404);
  expect(await status('/echo')).toBe(405);
  expect(await status('/health', { method: 'POST' })).toBe(405);
  expect(await status('/echo/%E0%A4%A')).toBe(400);
  expect(await status('/echo', { method: 'POST', body: '{' })).toBe(400);
  expect(await status('/echo', { method: 'POST', body: '{"message":1}' })).toBe(422);
  expect(await status('/echo', { method: 'POST', body: ' '.repeat(2 ** 21) })).toBe(413);
  const foreign = { headers: { origin: 'https://evil.example' } };
  expect(await status('/mcp', { method: 'POST', ...foreign })).toBe(403);
  expect(await status('/health', { headers: { origin: 'http://localhost:3000' } })).toBe(200);
});

test('SIGTERM ends it at once, after the request that is under way', async () => {
  const program = await startSample('echo');
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const idle = request(`${program.url}/health`, { agent }).end();
  await text((await once(idle, 'response'))[0]);
  const slow = request(`${program.url}/echo`, { method: 'POST', agent: false });
  slow.write('{"message":');
  await once(slow, 'socket');
  await fetch(`${program.url}/health`);
  const stopped = program.stop('SIGTERM');
  slow.end('"still"}');
  const [response] = await once(slow, 'response');
  expect(await text(response)).toContain('Echo: still');
  const beforeMs = performance.now();
  expect(await stopped).toEqual({ code: 0, signal: null });
  expect(performance.now() - beforeMs).toBeLessThan(5_000);
});
