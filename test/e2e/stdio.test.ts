import { fileURLToPath } from 'node:url';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, type ManagerProcess } from '../helpers/manager.ts';
import { callTool, connectClient, type Era } from '../helpers/sdk-client.ts';

// Servers of standard input and output, as services like any other.
const EVERYTHING = fileURLToPath(
  new URL(
    '../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
    import.meta.url,
  ),
);
const FIXTURE = fileURLToPath(new URL('../fixtures/mcp/stdio/server.ts', import.meta.url));
const place = createWorkplace(afterAll);
let manager: ManagerProcess;

function overStdio(...command: readonly string[]): object {
  return { transport: 'stdio', command, rollout: { drain: '5s' } };
}

const FEW = { isolation: 'session', maxChildren: 1, prewarm: 1, sse: true };

beforeAll(async () => {
  place.declare('fleet.yaml', {
    everything: overStdio('node', EVERYTHING, 'stdio'),
    modern: overStdio('node', FIXTURE, 'modern'),
    few: { ...overStdio('node', FIXTURE, 'legacy'), stdio: FEW },
  });
  manager = await place.run();
  await manager.until({ everything: 'Running', modern: 'Running', few: 'Running' }, 60_000);
});

test.each<readonly [string, Era, string, object, string]>([
  ['everything', 'legacy', 'get-sum', { a: 20, b: 22 }, '42'],
  ['everything', 'modern', 'get-sum', { a: 20, b: 22 }, '42'],
  ['modern', 'modern', 'test_simple_text', {}, 'simple text'],
  ['modern', 'legacy', 'test_simple_text', {}, 'simple text'],
])('%s is served to a client of the %s era through the router', async (...row) => {
  const [service, era, tool, input, answer] = row;
  const client = await connectClient(await urlOf(service), era);
  expect(client.getProtocolEra()).toBe(era);
  expect((await client.listTools()).tools.length).toBeGreaterThan(3);
  expect(await callTool(client, tool, { ...input })).toContain(answer);
});

test('as many sessions are served as the document says, those of the transport of 2024-11-05 too', async () => {
  const url = await urlOf('few');
  const client = new FirstClient({ name: 'first', version: '1' });
  // oxlint-disable-next-line typescript/no-deprecated -- the transport that this test is about
  await client.connect(new SSEClientTransport(new URL(`${url}/sse`)));
  const answer = await client.callTool({ name: 'test_simple_text', arguments: {} });
  expect(JSON.stringify(answer)).toContain('simple text');
  await expect(connectClient(url, 'legacy')).rejects.toThrow('come again when a session has ended');
  await client.close();
  const next = await eventually(() => connectClient(url, 'legacy'));
  expect(await callTool(next, 'test_simple_text')).toContain('simple text');
});

test('a server that is killed is started again for the next call', async () => {
  const client = await connectClient(await urlOf('everything'), 'modern');
  await callTool(client, 'get-sum', { a: 1, b: 1 });
  const servers = place
    .leftovers()
    .filter((line) => line.includes(`${EVERYTHING} stdio`) && !line.includes('programs/bridge'));
  expect(servers).not.toEqual([]);
  for (const line of servers) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  await eventually(async () => {
    expect(await callTool(client, 'get-sum', { a: 2, b: 2 })).toContain('4');
  }, 20_000);
});

test('what is open when a service is stopped is answered before its server ends', async () => {
  const client = await connectClient(await urlOf('modern'), 'modern');
  const slow = callTool(client, 'slow', { ms: 1_500 });
  await place.cli('stop', 'modern');
  expect(await slow).toBe('slept');
  await manager.until({ modern: 'Stopped' }, 30_000);
});

test('a stopped service leaves nothing of its server', async () => {
  await place.cli('stop', 'everything');
  await manager.until({ everything: 'Stopped' }, 30_000);
  expect(place.leftovers().filter((line) => line.includes(EVERYTHING))).toEqual([]);
});

async function urlOf(name: string): Promise<string> {
  const { services } = await manager.control.status();
  return services.find((service) => service.name === name)?.url ?? '';
}
