import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkplace, type ManagerProcess } from '../helpers/manager.ts';
import { callTool, connectClient, type Era } from '../helpers/sdk-client.ts';

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
  expect(await callTool(client, 'get-sum', { a: 20, b: 22 })).toContain('42');
});

test.each(['modern', 'legacy'] as const)(
  'our echo server answers a client of the %s era at its URL',
  async (era) => {
    const client = await connect('echo', era);
    expect(client.getProtocolEra()).toBe(era);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['echo', 'info']);
    expect(await callTool(client, 'echo', { message: 'world' })).toBe('hello: world');
  },
);

test('a service with a slug of its own answers there, whoever asks', async () => {
  expect(await urlOf('notes')).toMatch(/\/mcp\/my-notes$/);
  const [one, other] = [await connect('notes', 'modern'), await connect('notes', 'legacy')];
  await callTool(one, 'store_text', { key: 'k', text: 'kept' });
  expect(await callTool(other, 'get_text', { key: 'k' })).toContain('kept');
});

test('status tells the era and the number of tools of each', async () => {
  const { stdout } = await place.cli('status');
  expect(stdout).toMatch(/^echo +Running +ok +modern, 2 tools/m);
  expect(stdout).toMatch(/^everything +Running +ok +legacy, \d+ tools/m);
  expect(stdout).toMatch(/^notes +Running +ok +modern, 3 tools/m);
});

async function connect(name: string, era: Era): Promise<Client> {
  return connectClient(await urlOf(name), era);
}

async function urlOf(name: string): Promise<string> {
  const { services } = await manager.control.status();
  return services.find((service) => service.name === name)?.url ?? 'unknown';
}
