import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createWorkplace, type ManagerProcess } from '../helpers/manager.ts';

const place = createWorkplace(afterAll);
let manager: ManagerProcess;

beforeAll(async () => {
  place.declare('fleet.yaml', {
    echo: { template: 'echo', with: { greeting: 'hello' } },
    everything: { template: 'everything' },
    notes: { template: 'simple-mcp', slug: 'my-notes' },
  });
  manager = await place.run();
  await manager.until({ echo: 'Running', everything: 'Running', notes: 'Running' }, 60_000);
});

test('the reference server answers its tools at its URL', async () => {
  const client = await connect('everything', 'legacy');
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['echo', 'get-sum']));
  const sum = await client.callTool({ name: 'get-sum', arguments: { a: 20, b: 22 } });
  expect(textOf(sum)).toContain('42');
});

test.each(['modern', 'legacy'] as const)(
  'our echo server answers a client of the %s era at its URL',
  async (era) => {
    const client = await connect('echo', era);
    expect(client.getProtocolEra()).toBe(era);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['echo', 'info']);
    const answer = await client.callTool({ name: 'echo', arguments: { message: 'world' } });
    expect(textOf(answer)).toBe('hello: world');
  },
);

test('a service with a slug of its own answers there, whoever asks', async () => {
  expect(await urlOf('notes')).toMatch(/\/mcp\/my-notes$/);
  const [one, other] = [await connect('notes', 'modern'), await connect('notes', 'legacy')];
  await one.callTool({ name: 'store_text', arguments: { key: 'k', text: 'kept' } });
  const found = await other.callTool({ name: 'get_text', arguments: { key: 'k' } });
  expect(textOf(found)).toContain('kept');
});

test('status tells the era and the number of tools of each', async () => {
  const { stdout } = await place.cli('status');
  expect(stdout).toMatch(/^echo +Running +ok +modern, 2 tools/m);
  expect(stdout).toMatch(/^everything +Running +ok +legacy, \d+ tools/m);
  expect(stdout).toMatch(/^notes +Running +ok +modern, 3 tools/m);
});

async function connect(name: string, era: 'modern' | 'legacy'): Promise<Client> {
  const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  onTestFinished(() => client.close());
  await client.connect(new StreamableHTTPClientTransport(new URL(await urlOf(name))));
  return client;
}

async function urlOf(name: string): Promise<string> {
  const { services } = await manager.control.status();
  return services.find((service) => service.name === name)?.url ?? 'unknown';
}

function textOf({ content }: Awaited<ReturnType<Client['callTool']>>): string {
  const [first] = content;
  return first?.type === 'text' ? first.text : '';
}
